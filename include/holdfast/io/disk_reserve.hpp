// SPDX-License-Identifier: MIT
/// @file
/// Space on a disk that is kept for the moment when there is none.
#pragma once

#include <holdfast/io/file.hpp>

#include <atomic>
#include <string>

namespace holdfast {

/// A file of zeros that is removed to make room. Threads: one at a time; `held` for any.
class disk_reserve {
public:
    /// Takes nothing yet. @param bytes  0: there is none, and it is never held.
    [[gnu::cold]] disk_reserve(std::string path, std::uint64_t bytes) : path_(std::move(path)), bytes_(bytes) {}

    [[nodiscard]] bool wanted() const noexcept { return bytes_ != 0; }
    [[nodiscard]] bool held() const noexcept { return held_.load(std::memory_order_relaxed); }

    /// Removes what a process before has left.
    [[gnu::cold]] void clear() {
        (void)remove_file(path_);
        (void)remove_file(words({path_, ".new"}));
    }
    /// Errors: `full`: says how many bytes there should be; `io`.
    [[nodiscard, gnu::cold]] result<void> take() {
        auto ok = make(path_, bytes_);
        if (!ok) return ok;
        held_.store(true, std::memory_order_relaxed);
        return {};
    }
    /// As `take`, but only when the disk has room for twice as much: else it would be given up again at once.
    [[nodiscard, gnu::cold]] result<void> take_again() {
        const std::string twice = words({path_, ".new"});
        if (auto ok = make(twice, 2 * bytes_); !ok) return ok;
        if (auto ok = remove_file(twice); !ok) return ok;
        return take();
    }
    [[nodiscard, gnu::cold]] result<void> give_up() {
        if (auto ok = remove_file(path_); !ok) return ok;
        held_.store(false, std::memory_order_relaxed);
        return {};
    }

private:
    [[nodiscard, gnu::cold]] static result<void> make(const std::string& path, std::uint64_t bytes) {
        auto made = file::create(path);
        if (!made) return made.why();
        if (auto ok = made->allocate(bytes); !ok) {
            (void)remove_file(path);
            return ok;
        }
        return {};
    }

    const std::string path_;
    const std::uint64_t bytes_;
    std::atomic<bool> held_{false};
};

} // namespace holdfast
