// SPDX-License-Identifier: MIT
/// @file
/// A disk as a power cut finds it: what was synced is there, of the rest anything.
#pragma once

#include "recording.hpp"
#include "torture/dice.hpp"

#include <memory>
#include <set>

namespace torture {

/// Which syncs a disk does not hear of: how the self-test lets a store break its word.
enum class deafness : unsigned char { none, log, new_segments, log_folder, store_folder, wal, database };

/// See the file's sentence. What is assumed of the file system, which is more cruel than ext4 and xfs are:
///
/// - A write is kept or lost by blocks of 512 bytes, each whole; a sync of the file keeps everything before it, its size
///   included (fdatasync keeps a size that is needed to read, and on ext4 and xfs a smaller one, too).
/// - A sync that fails may have kept any of these blocks; the others are never kept, whatever sync comes later.
/// - Sizes go their own way: a file may be as long as it was at any time since its sync, with zeros where nothing was kept.
///   What is written behind a cut that is lost is lost with it: its blocks would be new ones.
/// - A sync of a file keeps no name. Names are kept by a sync of their folder alone; until then each operation is kept or
///   lost by itself, a rename as a whole, or (as a journal has it) all of them up to some moment, across folders.
/// - What is mapped may have reached the disk at any time, block by block.
///
/// Relied on: a file that is open and has lost its name is gone; a sync that has returned is true; nobody else writes.
class disk {
public:
    /// With what is there kept for good. Lifetime: events that it takes must outlive it.
    explicit disk(const disk_image& from, deafness deaf = deafness::none);

    /// The next event of the recording.
    void take(const disk_event& one);
    /// What is there after a power cut at this moment, drawn; `lost` is told of what was not kept.
    [[nodiscard]] disk_image cut_power(dice& from, std::string& lost) const;

private:
    struct pending {
        std::uint64_t number; ///< Of the event.
        const disk_event* what;
    };
    struct node {
        bool folder = false;
        bool mapped = false;
        std::string bytes{};            ///< What is kept for good.
        std::vector<pending> changes{}; ///< Of a file.
    };
    using names = std::map<std::string, std::shared_ptr<node>>; ///< By path, so that a folder's are together.
    struct name_change {
        std::uint64_t number;
        const disk_event* what;
        std::shared_ptr<node> of{};
    };

    void create(const disk_event& one, bool folder);
    void rename(const disk_event& one);
    void keep_file(node& of, std::uint64_t before);
    void lose_some(node& of, const disk_event& failed);
    void keep_names(const std::string& folder, std::uint64_t before);
    [[nodiscard]] names names_left(dice& from, std::string& lost) const;
    [[nodiscard]] static std::string bytes_left(const node& of, dice& from, const char*& how);
    [[nodiscard]] node& at(const disk_event& one) const;
    [[nodiscard]] bool is_heard(const disk_event& sync) const;

    const deafness deaf_;
    std::uint64_t taken_ = 0;
    names now_;  ///< As programs see them.
    names kept_; ///< For good.
    std::vector<name_change> name_changes_;
};

/// "rename world.db.ring.new world.db.ring", to be read.
[[nodiscard]] std::string text_of(const disk_event& one);

/// What a power cut left becomes files in this folder, which is emptied.
void write_image(const disk_image& from, const std::string& folder);

} // namespace torture
