// SPDX-License-Identifier: MIT
/// @file
/// The ring: where the game thread appends ops and seals frames, and the log thread takes them away.
///
/// The space is chunks handed out in turn and given back in turn. An op is never split, so a frame that
/// reaches a chunk's end goes on in the next one, as a further section; an op larger than a chunk gets as many
/// chunks as it needs, one behind the other. When there are none the frame goes on in a chunk of its own on the heap: no
/// edit is refused or blocked for space, and the order stays. The space of the ring may be a mapped file (see queue/ring_file.hpp): then what is sealed in it survives the
/// process, killed at any instruction, until `release` says that it need not.
#pragma once

#include <holdfast/core/shared_word.hpp>
#include <holdfast/core/write_cursor.hpp>
#include <holdfast/queue/ring_space.hpp>

#include <algorithm>
#include <atomic>
#include <memory>
#include <vector>

namespace holdfast {

/// See the file's sentence. Threads: one seals (open, seal, mark, cut); one other takes (`take`, `release`); any may ask.
class ring {
    struct chunk {
        std::atomic<chunk*> next{nullptr};
        std::byte* data = nullptr;
        std::atomic<std::size_t> capacity{0}; ///< Of the ring's: a multiple of `chunk_bytes`.
        std::size_t before = 0;               ///< Chunks of the ring that were handed out before it.
        std::unique_ptr<std::byte[]> own{};   ///< Memory of a chunk on the heap; null for those of the ring.
    };

public:
    /// A position that `cut` can go back to.
    struct savepoint {
        chunk* last;
        std::byte* at;
        std::byte* section;
        std::byte* frame;
        std::uint32_t sections;
        bool on_heap;
        std::uint64_t frame_bytes;
    };

    /// @param bytes        How much is made ready, and touched, at once. What does not fit goes to the heap.
    /// @param first_number The number that the first frame gets.
    [[gnu::cold]] ring(std::size_t bytes, std::uint64_t first_number)
        : ring(std::max<std::size_t>(bytes / chunk_bytes, 2), nullptr, first_number) {}
    /// @param space  Two chunks at least; must outlive the ring.
    [[gnu::cold]] ring(const ring_space& space, std::uint64_t first_number)
        : ring(space.chunks.size() / chunk_bytes, &space, first_number) {}
    ring(const ring&) = delete;
    ring& operator=(const ring&) = delete;
    [[gnu::cold]] ~ring() { free_after(nullptr); }

    /// Makes `cursor` append here.
    void open(write_cursor& cursor) noexcept {
        cursor.owner = this;
        cursor.refill = [](write_cursor& full, std::size_t bytes) {
            static_cast<ring*>(full.owner)->refill(full, bytes);
        };
        cursor.mark = [](const write_cursor& now) {
            const savepoint here = static_cast<const ring*>(now.owner)->mark(now);
            log_position position;
            static_assert(sizeof(here) <= sizeof(position.words) && std::is_trivially_copyable_v<savepoint>);
            std::memcpy(position.words.data(), &here, sizeof(here));
            return position;
        };
        cursor.cut = [](write_cursor& now, const log_position& position) {
            savepoint to;
            std::memcpy(&to, position.words.data(), sizeof(to));
            static_cast<ring*>(now.owner)->cut(now, to);
        };
        begin_frame(cursor, last_->data);
    }

    /// Whether nothing stands in the open frame.
    [[nodiscard]] bool empty(const write_cursor& cursor) const noexcept {
        return frame_ == nullptr || (sections_ == 1 && cursor.at == section_ + sizeof(section_header));
    }

    /// How many bytes stand in the open frame, about.
    [[nodiscard]] std::size_t open_bytes(const write_cursor& cursor) const noexcept {
        return frame_ == nullptr || cursor.owner != this
                   ? 0
                   : frame_bytes_ + static_cast<std::size_t>(cursor.at - section_);
    }

    /// Seals the open frame: everything in it becomes true at once. Its number.
    /// Cost: some stores; no system call, no allocation, whatever the frame's size.
    std::uint64_t seal(write_cursor& cursor, std::int64_t wall_us, resync_marks resync = {}) noexcept {
        const std::uint64_t number = sealed_.load(std::memory_order_relaxed) + 1;
        close_section(cursor);
        frame_header header;
        header.payload_bytes = frame_bytes_;
        header.wall_us = wall_us;
        header.sections = sections_;
        header.number = 0;
        header.of_ring = frame_on_heap_ ? detail::on_heap : 0;
        header.resync_begins = resync.begins;
        header.resync_ends = resync.ends;
        std::byte* const sealing = frame_;
        std::memcpy(sealing, &header, sizeof(header));
        if (std::byte* behind = place_behind(*last_, cursor.at); behind != nullptr) {
            begin_frame(cursor, behind);
        } else {
            if (free_chunks() != 0) // whatever lies where the next frame will begin is no frame
                number_in(chunks_[taken_ % chunks_.size()].data).store(0, std::memory_order_relaxed);
            frame_ = nullptr;
            cursor.at = cursor.end = nullptr;
            start_ = mark(cursor);
        }
        // The one store that makes the frame true, for the log thread as for whoever reads a dead process's ring: what
        // follows it has no number yet.
        number_in(sealing).store(number, std::memory_order_release);
        shared_word(marks_->sealed).store(number, std::memory_order_relaxed);
        sealed_.store(number, std::memory_order_release);
        return number;
    }

    [[nodiscard]] savepoint mark(const write_cursor& cursor) const noexcept {
        return {last_, cursor.at, section_, frame_, sections_, frame_on_heap_, frame_bytes_};
    }
    /// Forgets what was appended to the open frame since `to`.
    void cut(write_cursor& cursor, const savepoint& to) noexcept {
        free_after(to.last);
        last_ = to.last;
        taken_ = taken_with(*last_);
        section_ = to.section;
        frame_ = to.frame;
        sections_ = to.sections;
        frame_on_heap_ = to.on_heap;
        frame_bytes_ = to.frame_bytes;
        if (frame_ == nullptr) {
            cursor.at = cursor.end = nullptr;
            start_ = to; // the frame had begun in a chunk that is gone now
            return;
        }
        cursor.at = to.at;
        cursor.end = last_->data + last_->capacity;
    }

    /// Forgets everything that was appended to the open frame.
    void clear_open(write_cursor& cursor) noexcept { cut(cursor, start_); }

    /// The number of the newest sealed frame.
    [[nodiscard]] std::uint64_t sealed() const noexcept { return sealed_.load(std::memory_order_acquire); }
    /// Bytes on the heap because the ring was full: the log thread has not kept up.
    [[nodiscard]] std::size_t heap_bytes() const noexcept { return heap_bytes_.load(std::memory_order_relaxed); }

    /// Gives the oldest sealed frame that was not taken to `sink(const sealed_frame&)`. False when there is none. Its
    /// space is used again only after `release`.
    template <class Sink> bool take(Sink&& sink) {
        if (next_to_take_ > sealed()) return false;
        if (const std::byte* at = place_behind(*reading_, read_at_); at != nullptr)
            read_at_ = at;
        else
            step_to_next();
        frame_header header;
        std::memcpy(&header, read_at_, sizeof(header));
        const std::byte* at = read_at_ + sizeof(header);
        chunk* last = reading_;
        found_.clear();
        for (std::uint32_t i = 0; i < header.sections; ++i) {
            if (i != 0) {
                last = last->next.load(std::memory_order_acquire);
                at = last->data;
            }
            section_header section;
            std::memcpy(&section, at, sizeof(section));
            found_.emplace_back(at, sizeof(section) + section.bytes);
            at += sizeof(section) + section.bytes;
        }
        sink(sealed_frame{header, found_}); // when it throws, the frame is still there
        ++next_to_take_;
        while (reading_ != last) step_to_next();
        read_at_ = at;
        return true;
    }

    /// Everything that was taken is durable elsewhere: its space may be used again.
    void release() noexcept {
        shared_word(marks_->released).store(next_to_take_ - 1, std::memory_order_release);
        const std::uint64_t start = reading_->own != nullptr
                                        ? ring_start_unknown
                                        : static_cast<std::uint64_t>(aligned(read_at_) - chunks_.front().data);
        shared_word(marks_->start).store(start, std::memory_order_release);
        while (oldest_ != reading_) {
            chunk* done = oldest_;
            oldest_ = done->next.load(std::memory_order_acquire);
            give_back(done);
        }
    }
    /// What was taken and lies on the heap is dropped; what lies in the ring stays there until `release`.
    [[gnu::cold]] void drop_heap() noexcept {
        std::atomic<chunk*>* link = nullptr; // that leads to `at`
        for (chunk* at = oldest_; at != reading_;) {
            chunk* following = at->next.load(std::memory_order_acquire);
            if (at->own == nullptr) {
                link = &at->next;
            } else {
                if (link != nullptr)
                    link->store(following, std::memory_order_release);
                else
                    oldest_ = following;
                give_back(at);
            }
            at = following;
        }
    }

private:
    static constexpr std::size_t chunk_bytes = ring_chunk_bytes;
    static constexpr std::size_t least_frame = detail::least_frame;
    static_assert(chunk_bytes % 8 == 0);

    [[gnu::cold]] ring(std::size_t chunks, const ring_space* space, std::uint64_t first_number)
        : chunks_(chunks), own_space_(space != nullptr ? nullptr : new std::byte[chunks * chunk_bytes]()),
          marks_(space != nullptr ? space->marks : &own_marks_), sealed_(first_number - 1),
          next_to_take_(first_number) {
        std::byte* const begin = space != nullptr ? space->chunks.data() : own_space_.get();
        for (std::size_t i = 0; i < chunks_.size(); ++i) {
            chunks_[i].data = begin + i * chunk_bytes;
            chunks_[i].capacity = chunk_bytes;
        }
        last_ = reading_ = oldest_ = &chunks_[0];
        read_at_ = reading_->data;
        taken_ = 1;
    }

    /// The number in a frame's header, which lies at a multiple of 8 bytes.
    static shared_word number_in(std::byte* frame) noexcept {
        return shared_word(*reinterpret_cast<std::uint64_t*>(frame + offsetof(frame_header, number)));
    }

    template <class Byte> static Byte* aligned(Byte* at) noexcept {
        return at + (-reinterpret_cast<std::uintptr_t>(at) & 7);
    }
    /// Where a frame begins behind what ends at `at`: in the rest of the 256 KiB that it lies in, or where the next begin;
    /// null when that is another chunk.
    template <class Byte> static Byte* place_behind(const chunk& in, Byte* at) noexcept {
        auto offset = static_cast<std::size_t>(aligned(at) - in.data);
        if (in.own == nullptr && offset % chunk_bytes + least_frame > chunk_bytes)
            offset = (offset / chunk_bytes + 1) * chunk_bytes;
        return offset + least_frame <= in.capacity ? at + (offset - static_cast<std::size_t>(at - in.data)) : nullptr;
    }
    [[nodiscard]] std::size_t free_chunks() const noexcept {
        return chunks_.size() - (taken_ - given_back_.load(std::memory_order_acquire));
    }

    void begin_frame(write_cursor& cursor, std::byte* at) noexcept {
        number_in(at).store(0, std::memory_order_relaxed); // whatever lay here is no frame
        frame_ = at;
        frame_on_heap_ = last_->own != nullptr;
        sections_ = 0;
        frame_bytes_ = 0;
        begin_section(cursor, at + sizeof(frame_header));
        start_ = mark(cursor);
    }
    void begin_section(write_cursor& cursor, std::byte* at) noexcept {
        section_ = at;
        ++sections_;
        cursor.at = at + sizeof(section_header);
        cursor.end = last_->data + last_->capacity;
    }
    void close_section(write_cursor& cursor) noexcept {
        const section_header header{
            static_cast<std::uint32_t>(cursor.at - section_ - static_cast<std::ptrdiff_t>(sizeof(section_header))), 0};
        std::memcpy(section_, &header, sizeof(header));
        frame_bytes_ += sizeof(header) + header.bytes;
    }

    void refill(write_cursor& cursor, std::size_t bytes) {
        if (frame_ != nullptr) trim(*last_, cursor.at);
        const std::size_t needed = bytes + sizeof(frame_header) + sizeof(section_header);
        for (std::size_t skip = chunks_to_skip(needed); skip != 0; --skip) go_on_in(cursor, next_chunk(1));
        go_on_in(cursor, next_chunk(needed));
    }
    /// An op that needs several chunks does not go over the ring's end: those before it get sections with nothing in them.
    [[nodiscard]] std::size_t chunks_to_skip(std::size_t bytes) const noexcept {
        const std::size_t needed = chunks_for(bytes);
        const std::size_t to_end = chunks_.size() - taken_ % chunks_.size();
        return needed > 1 && needed > to_end && needed + to_end <= free_chunks() ? to_end : 0;
    }
    static std::size_t chunks_for(std::size_t bytes) noexcept { return (bytes + chunk_bytes - 1) / chunk_bytes; }
    /// What a large op has left of its chunks is free again.
    void trim(chunk& full, const std::byte* end) noexcept {
        if (full.own != nullptr || full.capacity == chunk_bytes) return;
        full.capacity = chunks_for(static_cast<std::size_t>(end - full.data)) * chunk_bytes;
        taken_ = taken_with(full);
    }
    /// How many chunks of the ring were handed out when this was the last one.
    static std::size_t taken_with(const chunk& last) noexcept {
        return last.before + (last.own == nullptr ? last.capacity / chunk_bytes : 0);
    }

    void go_on_in(write_cursor& cursor, chunk* fresh) noexcept {
        chunk* before = last_;
        last_ = fresh;
        before->next.store(fresh, std::memory_order_release);
        if (frame_ == nullptr) return begin_frame(cursor, fresh->data);
        close_section(cursor);
        frame_on_heap_ = frame_on_heap_ || fresh->own != nullptr;
        begin_section(cursor, fresh->data);
    }

    chunk* next_chunk(std::size_t bytes) {
        const std::size_t count = chunks_for(bytes), first = taken_ % chunks_.size();
        if (count <= free_chunks() && first + count <= chunks_.size()) {
            chunk* fresh = &chunks_[first];
            fresh->next.store(nullptr, std::memory_order_relaxed);
            fresh->capacity = count * chunk_bytes;
            fresh->before = taken_;
            taken_ += count;
            return fresh;
        }
        auto fresh = std::make_unique<chunk>();
        fresh->capacity = std::max(bytes, chunk_bytes);
        fresh->before = taken_;
        fresh->own = std::make_unique_for_overwrite<std::byte[]>(fresh->capacity);
        fresh->data = fresh->own.get();
        heap_bytes_.fetch_add(fresh->capacity, std::memory_order_relaxed);
        return fresh.release();
    }

    void give_back(chunk* done) noexcept {
        if (done->own == nullptr) {
            given_back_.fetch_add(done->capacity / chunk_bytes, std::memory_order_release);
            return;
        }
        heap_bytes_.fetch_sub(done->capacity, std::memory_order_relaxed);
        delete done;
    }

    void step_to_next() noexcept {
        reading_ = reading_->next.load(std::memory_order_acquire);
        read_at_ = reading_->data;
    }

    /// Frees the heap chunks behind `keep` (all that there are, when it is null).
    void free_after(chunk* keep) noexcept {
        chunk* at = keep != nullptr ? keep->next.load(std::memory_order_relaxed) : oldest_;
        if (keep != nullptr) keep->next.store(nullptr, std::memory_order_relaxed);
        while (at != nullptr) {
            chunk* following = at->next.load(std::memory_order_relaxed);
            if (at->own != nullptr) {
                heap_bytes_.fetch_sub(at->capacity, std::memory_order_relaxed);
                delete at;
            }
            at = following;
        }
    }

    std::vector<chunk> chunks_;
    std::unique_ptr<std::byte[]> own_space_;
    ring_marks own_marks_{};
    ring_marks* const marks_;

    // The thread that seals.
    chunk* last_ = nullptr;
    std::byte* frame_ = nullptr;   ///< The open frame's header; null: begin it in the next chunk.
    std::byte* section_ = nullptr; ///< The open section's header.
    std::uint32_t sections_ = 0;
    std::uint64_t frame_bytes_ = 0; ///< Closed sections of the open frame.
    bool frame_on_heap_ = false;    ///< Some of the open frame is not in the ring.
    std::size_t taken_ = 0;         ///< Chunks of the ring handed out so far.
    savepoint start_{};             ///< Where the open frame begins.

    // Both.
    alignas(64) std::atomic<std::uint64_t> sealed_;
    alignas(64) std::atomic<std::size_t> given_back_{0};
    std::atomic<std::size_t> heap_bytes_{0};

    // The thread that takes.
    alignas(64) chunk* oldest_ = nullptr; ///< The first that was not given back.
    chunk* reading_ = nullptr;
    const std::byte* read_at_ = nullptr;
    std::uint64_t next_to_take_;
    std::vector<bytes_view> found_;
};

} // namespace holdfast
