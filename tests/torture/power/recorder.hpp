// SPDX-License-Identifier: MIT
/// @file
/// Hears every operation on files that the library or SQLite makes below a folder.
#pragma once

#include "recording.hpp"
#include "torture/dice.hpp"

#include <holdfast/io/mutex.hpp>
#include <holdfast/io/system_call.hpp>

#include <atomic>
#include <memory>

#include <sqlite3.h>

namespace torture {

namespace hf = holdfast;

/// The library tells it through the hook in io/system_call.hpp, SQLite through a VFS that passes everything on. One at a
/// time. Threads: `start`, `stop` and `reboot` while no store is open; the rest any.
class recorder final : public hf::system_call::observer, public hf::system_call::faults {
public:
    recorder();
    recorder(const recorder&) = delete;
    recorder& operator=(const recorder&) = delete;
    ~recorder();

    /// Records what happens below this folder from here on.
    void start(std::string folder, dice from);
    /// What was recorded; from here on nothing is.
    [[nodiscard]] recording stop();
    /// Something that the store has said. Without `start`: nothing.
    void note(disk_event::kind what, std::uint64_t number);
    /// From here on one in so many syncs fails, of the log and of SQLite's files, while it records. 0: none.
    void fail_syncs(std::size_t one_in) noexcept { failing_one_in_ = one_in; }
    /// From here on the machine says that it was switched off and on: with the text of this file as its boot id.
    void reboot(std::string boot_file) { boot_file_ = std::move(boot_file); }

private:
    std::uint64_t begins(const hf::system_call::change& one) noexcept override;
    void made(const hf::system_call::change& one, std::uint64_t begun, bool worked) noexcept override;
    int before(hf::system_call::kind what, const std::string& path) noexcept override;
    const char* in_place_of(const std::string& path) noexcept override;

    // --- SQLite -----------------------------------------------------------------------------------------------------

    struct watched {
        std::string path;
        bool sync_folder; ///< The next sync is followed by one of the folder, as SQLite does after making a journal.
        const sqlite3_io_methods* real;
        sqlite3_io_methods methods;
    };
    static int open(sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* out);
    static int remove(sqlite3_vfs*, const char* path, int sync);
    static int close(sqlite3_file* file);
    static int write(sqlite3_file* file, const void* from, int bytes, sqlite3_int64 at);
    static int truncate(sqlite3_file* file, sqlite3_int64 bytes);
    static int sync(sqlite3_file* file, int flags);
    [[nodiscard]] watched& of(sqlite3_file* file);

    /// Whether the path lies below the folder.
    [[nodiscard]] bool records(std::string_view path) const noexcept;
    [[nodiscard]] std::string shortened(std::string_view path) const;
    /// The number of the event behind this one.
    std::uint64_t add(disk_event one);
    [[nodiscard]] std::uint64_t recorded() const;
    /// Whether a sync of this file fails now; it is recorded then.
    [[nodiscard]] bool fails(const std::string& shortened);

    static recorder* only;
    sqlite3_vfs* const real_;
    sqlite3_vfs vfs_;
    std::string boot_file_{};
    std::atomic<std::size_t> failing_one_in_{0};
    std::string folder_{}; ///< With a slash at the end; empty: nothing is recorded.

    mutable hf::mutex guard_; ///< Everything below.
    recording events_{};
    dice dice_{0};
    std::map<sqlite3_file*, watched> files_{};
};

} // namespace torture
