// SPDX-License-Identifier: MIT
/// @file
/// fork: the child has every page as it was, and the kernel copies one when the game changes it first, as in HyPer (Kemper
/// and Neumann, ICDE 2011) and Redis. The child does nothing but write its rows to a file in memory: it has none of the
/// process's threads, and must not touch locks or the heap.
#pragma once

#include "snapshot/strategy.hpp"
#include "support/timing.hpp"

#include <algorithm>
#include <stdexcept>

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bench {

template <class Row> class forked {
public:
    using row = Row;
    static constexpr const char* name = "fork";
    static constexpr bool is_delta = false;

    explicit forked(std::size_t rows, game_pace pace = {})
        : live_(first_rows<Row>(rows)), image_(rows), row_ns_(pace.writer_row_ns) {}

    void add(row_number i, row_number word, std::uint64_t amount) noexcept { live_[i].word[word] += amount; }
    [[nodiscard]] const Row& read(row_number i) const noexcept { return live_[i]; }
    bool end_tick(bool begin) {
        if (!begin) return false;
        if (child_ != 0) copied_pages_ = std::max(copied_pages_, faults() - faults_before_);
        faults_before_ = faults();
        child_ = ::fork();
        if (child_ < 0) throw std::runtime_error("fork fails");
        if (child_ == 0) ::_exit(image_.write(live_.data(), row_ns_) ? 0 : 1);
        return true;
    }
    template <class Sink> void capture(Sink&& sink) {
        int status = 0;
        rusage used{};
        if (::wait4(child_, &status, 0, &used) != child_ || status != 0) throw std::runtime_error("the child has died");
        const auto ns = [](const timeval& time) { return time.tv_sec * 1'000'000'000 + time.tv_usec * 1'000; };
        child_ns_ = ns(used.ru_utime) + ns(used.ru_stime);
        written_at_ns_ = read_ns();
        for (row_number i = 0; i < live_.size(); ++i) sink(i, image_.rows[i]);
    }
    /// See `writes_itself`.
    [[nodiscard]] std::int64_t child_ns() const noexcept { return child_ns_; }
    [[nodiscard]] std::int64_t written_at_ns() const noexcept { return written_at_ns_; }
    /// Page faults of the game between two images, each of which is a page of 4 KiB that the kernel copied, unless the child
    /// was done by then. The file is not counted: elsewhere it would be on a disk.
    [[nodiscard]] std::size_t extra_bytes() const noexcept { return static_cast<std::size_t>(copied_pages_) * 4'096; }

private:
    /// A file in memory, which the parent reads. It has all its pages from the beginning.
    struct image_rows {
        explicit image_rows(std::size_t count)
            : bytes(count * sizeof(Row)), file(::memfd_create("image", MFD_CLOEXEC)) {
            if (file < 0 || ::ftruncate(file, static_cast<off_t>(bytes)) != 0)
                throw std::runtime_error("no file for an image");
            void* const at = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, file, 0);
            if (at == MAP_FAILED) throw std::runtime_error("no memory for an image");
            rows = static_cast<const Row*>(at);
        }
        image_rows(const image_rows&) = delete;
        image_rows& operator=(const image_rows&) = delete;
        ~image_rows() {
            ::munmap(const_cast<Row*>(rows), bytes);
            ::close(file);
        }
        /// @param row_ns  How long it takes over a row, at least: a slow disk, which takes 64 rows at a time.
        [[nodiscard]] bool write(const Row* from, std::int64_t row_ns) const noexcept {
            const auto* const begin = reinterpret_cast<const char*>(from);
            const std::size_t at_a_time = row_ns == 0 ? bytes : 64 * sizeof(Row);
            for (std::size_t done = 0; done < bytes;) {
                const std::size_t size = std::min(at_a_time, bytes - done);
                const std::int64_t end = read_ns() + row_ns * static_cast<std::int64_t>(size / sizeof(Row));
                const ssize_t now = ::pwrite(file, begin + done, size, static_cast<off_t>(done));
                if (now <= 0) return false;
                done += static_cast<std::size_t>(now);
                while (row_ns != 0 && read_ns() < end) {}
            }
            return true;
        }

        std::size_t bytes;
        int file;
        const Row* rows = nullptr;
    };
    [[nodiscard]] static long faults() noexcept {
        rusage is{};
        ::getrusage(RUSAGE_THREAD, &is);
        return is.ru_minflt;
    }

    std::vector<Row> live_;
    image_rows image_;
    std::int64_t row_ns_;
    pid_t child_ = 0;
    std::int64_t child_ns_ = 0, written_at_ns_ = 0;
    long copied_pages_ = 0;
    long faults_before_ = faults();
};

} // namespace bench
