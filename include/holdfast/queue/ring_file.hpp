// SPDX-License-Identifier: MIT
/// @file
/// The ring in a file: mapped and never synced, so that sealed frames survive the process, and read back when it was
/// killed. See docs/format.md.
///
///     file: | header, 4096 bytes | chunk | chunk | ... |
#pragma once

#include <holdfast/core/uuid.hpp>
#include <holdfast/io/file.hpp>
#include <holdfast/queue/ring.hpp>

#include <optional>

namespace holdfast {

/// What stands at the start of a ring's file. All numbers little-endian.
struct ring_header {
    std::uint64_t magic = 0x00676e6952664648; ///< "HFfRing"
    std::uint32_t format = format_number;
    std::uint32_t chunk_bytes = ring_chunk_bytes;
    std::uint64_t chunks = 0;
    uuid database{};
    uuid boot{};             ///< The run of the machine in which it was written.
    std::uint64_t start = 0; ///< See `ring_marks`, as for the next two.
    std::uint64_t released = 0;
    std::uint64_t sealed = 0;
};
static_assert(sizeof(ring_header) == 80 && sizeof(ring_marks) == 24 && offsetof(ring_header, start) == 56);
inline constexpr std::size_t ring_header_bytes = 4'096;

/// A mapped ring. Threads: as the ring that lies in it.
class ring_file {
public:
    ring_file() = default;
    ring_file(ring_file&& other) noexcept
        : data_(std::exchange(other.data_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
    ring_file& operator=(ring_file&& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(bytes_, other.bytes_);
        return *this;
    }
    ~ring_file() {
        if (data_ != nullptr) ::munmap(data_, bytes_);
    }

    /// Makes a ring of about `bytes` at `path`, in place of one that is there: really allocated, zeroed, touched.
    /// Errors: `full`, `io`. What was at `path` is still there then.
    [[nodiscard, gnu::cold]] static result<ring_file> create(const std::string& path, std::size_t bytes,
                                                             const uuid& database, const uuid& boot) {
        ring_header header;
        header.chunks = std::max<std::size_t>(bytes / ring_chunk_bytes, 2);
        header.database = database;
        header.boot = boot;
        const std::string fresh = words({path, ".new"});
        auto made = file::create(fresh);
        if (!made) return made.why();
        ring_file mapped;
        const std::size_t all = ring_header_bytes + header.chunks * ring_chunk_bytes;
        auto ok = made->allocate(all);
        const bytes_view start(reinterpret_cast<const std::byte*>(&header), sizeof(header));
        if (ok) ok = made->write_at(0, {&start, 1});
        if (ok) ok = made->sync(); // the header alone: after a power cut its boot id says that the rest is nothing
        if (ok) ok = mapped.map(*made, all);
        if (ok) ok = rename_synced(fresh, path);
        if (!ok) {
            (void)remove_file(fresh);
            return ok.why();
        }
        return mapped;
    }

    [[nodiscard]] bool mapped() const noexcept { return data_ != nullptr; }
    [[nodiscard]] ring_space space() const noexcept {
        return {{data_ + ring_header_bytes, bytes_ - ring_header_bytes},
                reinterpret_cast<ring_marks*>(data_ + offsetof(ring_header, start))};
    }

private:
    [[nodiscard, gnu::cold]] result<void> map(file& from, std::size_t bytes) {
        void* const at = system_call::mmap(from.descriptor(), bytes, from.path());
        if (at == MAP_FAILED) return os_error("cannot map", from.path(), errno);
        data_ = static_cast<std::byte*>(at);
        bytes_ = bytes;
        ::madvise(at, bytes, MADV_DONTFORK); // a child must not write what its parent's ticks lie in
        for (std::size_t page = ring_header_bytes; page < bytes;
             page += 4'096) // so that the first edit that comes here does not wait
            *reinterpret_cast<volatile std::byte*>(data_ + page) = std::byte{0};
        return {};
    }

    std::byte* data_ = nullptr;
    std::size_t bytes_ = 0;
};

/// A frame found in the ring of a process that is gone. Lifetime: views of the file's bytes.
struct left_frame {
    frame_header header{};
    std::vector<bytes_view> sections{};
};

/// What a dead process left in its ring.
struct left_ring {
    std::vector<std::byte> bytes{};
    std::vector<left_frame> frames{}; ///< Sealed, and behind the last frame that the log has; without a gap.
    bool there = false;               ///< There is such a file.
    bool usable = false;              ///< It is of this database and of this run of the machine.
    std::uint64_t only_on_heap = 0; ///< This tick, and those behind it, were in the memory of the process; 0: none was.
    std::uint64_t sealed = 0;       ///< The newest tick that there was; 0: none.
};

namespace detail {

/// Walks through the chunks as the ring filled them.
class ring_walk {
public:
    ring_walk(bytes_view chunks, std::size_t at) noexcept : chunks_(chunks), at_(at) {}

    /// The header of the next frame; nothing where none was sealed.
    [[nodiscard]] frame_header peek() noexcept {
        if (at_ % ring_chunk_bytes + least_frame > ring_chunk_bytes || at_ == chunks_.size()) next_chunk();
        frame_header header;
        std::memcpy(&header, chunks_.data() + at_, sizeof(header));
        return header;
    }
    /// The frame at `peek`. False, with nothing done, when its sections do not fit together.
    [[nodiscard]] bool take(const frame_header& header, left_frame& into) {
        std::size_t at = at_ + sizeof(header);
        std::uint64_t sum = 0;
        into = {header, {}};
        if (header.sections > chunks_.size() / ring_chunk_bytes) return false; // each begins in a chunk of its own
        for (std::uint32_t s = 0; s < header.sections; ++s) {
            if (s != 0) at = chunk_behind(at - 1);
            section_header section;
            std::memcpy(&section, chunks_.data() + at, sizeof(section));
            const std::size_t stored = sizeof(section) + section.bytes;
            if (stored > chunks_.size() - at) return false;
            into.sections.push_back(chunks_.subspan(at, stored));
            sum += stored;
            at += stored;
        }
        if (sum != header.payload_bytes) return false;
        at_ = (at + 7) & ~std::size_t{7};
        return true;
    }

private:
    [[nodiscard]] std::size_t chunk_behind(std::size_t at) const noexcept {
        return (at / ring_chunk_bytes + 1) * ring_chunk_bytes % chunks_.size();
    }
    void next_chunk() noexcept { at_ = chunk_behind(at_ - 1); }

    bytes_view chunks_;
    std::size_t at_;
};

/// `read_ring` of what is in the file at `path`.
[[nodiscard, gnu::cold]] inline result<left_ring> find_frames(std::vector<std::byte> bytes, const std::string& path,
                                                              const uuid& database, const uuid& boot,
                                                              std::uint64_t logged) {
    left_ring left;
    left.there = true;
    left.bytes = std::move(bytes);
    const auto damaged = [&](std::string what) { return error{errc::corrupt, words({path, ": ", what})}; };
    ring_header header;
    if (left.bytes.size() < ring_header_bytes) return damaged(words({"it has only ", left.bytes.size(), " bytes"}));
    std::memcpy(&header, left.bytes.data(), sizeof(header));
    if (header.magic != ring_header{}.magic) return damaged("it is no ring: wrong magic");
    if (header.format != format_number)
        return error{errc::too_new,
                     words({path, ": it has format ", header.format, ", this library reads ", format_number})};
    if (header.database != database)
        return error{errc::mismatch, words({path, ": it belongs to another database: move it to where that is"})};
    if (header.boot != boot || boot == uuid{}) return left; // the machine has been off: the log says what there is
    const bytes_view chunks = bytes_view(left.bytes).subspan(ring_header_bytes);
    if (header.chunk_bytes != ring_chunk_bytes || header.chunks < 2 ||
        chunks.size() != header.chunks * ring_chunk_bytes)
        return damaged(words({"it has ", left.bytes.size(), " bytes and says otherwise"}));
    if (header.released > logged)
        return damaged(words({"frames up to ", header.released, " were synced, and the log ends with frame ", logged}));
    left.usable = true;
    left.sealed = header.sealed;
    const auto end_with = [&](std::uint64_t last) { // whatever was sealed behind it was not in the ring
        left.only_on_heap = header.sealed > last ? last + 1 : 0;
        return std::move(left);
    };
    if (header.start == ring_start_unknown) return end_with(logged);
    if (header.start > chunks.size() || header.start % 8 != 0)
        return damaged(words({"its frames begin at ", header.start, ", which is outside"}));

    ring_walk walk(chunks, static_cast<std::size_t>(header.start));
    const std::size_t in_chunk = static_cast<std::size_t>(header.start) % ring_chunk_bytes;
    const bool begins_elsewhere =
        in_chunk + detail::least_frame > ring_chunk_bytes || (in_chunk == 0 && header.start != 0);
    for (std::uint64_t previous = 0;;) {
        const frame_header next = walk.peek();
        if (next.number == 0 || (previous != 0 && next.number != previous + 1))
            return end_with(std::max(previous, logged));
        // In a chunk that was perhaps not begun again anything may lie.
        if (previous == 0 && begins_elsewhere && (next.magic != frame_header{}.magic || next.number > logged + 1))
            return end_with(logged);
        const auto frame = [&] { return words({"frame ", next.number}); };
        if (next.magic != frame_header{}.magic) return damaged(words({frame(), ": wrong magic"}));
        if (previous == 0 && next.number > logged + 1)
            return damaged(words({"it begins with frame ", next.number, ", and the log ends with frame ", logged}));
        if ((next.of_ring & on_heap) != 0) return end_with(std::max(previous, logged));
        left_frame found;
        if (!walk.take(next, found)) return damaged(words({frame(), ": its parts do not fit together"}));
        if (next.number > logged) left.frames.push_back(std::move(found));
        previous = next.number;
    }
}

} // namespace detail

/// Reads what a process that is gone has left in the ring at `path`: the sealed frames behind `logged`, which is the last
/// one that the log has.
///
/// @param closed  The database says that it was closed: then the header alone is read where that agrees.
/// Errors: `corrupt`: a frame that cannot be read, by its number and place; `mismatch`: of another database; `io`.
[[nodiscard, gnu::cold]] inline result<left_ring>
read_ring(const std::string& path, const uuid& database, const uuid& boot, std::uint64_t logged, bool closed = false) {
    auto from = file::open_to_read(path);
    if (!from && from.why().code == errc::not_found) return left_ring();
    if (!from) return from.why();
    if (closed) {
        ring_header header;
        const auto got = from->read_at(0, std::as_writable_bytes(std::span(&header, 1)));
        if (!got) return got.why();
        const ring_header right;
        if (*got == sizeof(header) && header.magic == right.magic && header.format == right.format &&
            header.database == database && header.boot == boot && boot != uuid{} && header.sealed <= logged) {
            left_ring left;
            left.there = left.usable = true;
            left.sealed = header.sealed;
            return left;
        }
    }
    auto all = from->read_all();
    if (!all) return all.why();
    return detail::find_frames(std::move(*all), path, database, boot, logged);
}

} // namespace holdfast
