// SPDX-License-Identifier: MIT
/// @file
/// What a second thread does while the rows of a table are read: it touches the memory that they will have, and links those
/// that are there.
#pragma once

#include <holdfast/io/thread.hpp>
#include <holdfast/table/table_base.hpp>

#include <algorithm>

namespace holdfast {

/// Makes room in a table for its rows before they are loaded, and links them. Where they are few, or the system has no
/// thread to give, it has no thread of its own.
///
///     load_thread beside(table, rows);
///     for (std::size_t done = 0; ...; ++done) {
///         if (done == beside.room() && !beside.go_on(done)) break;
///         ... // loads a row
///     }
///     result<void> ok = beside.finish();
///
/// Threads: the one that loads. Of keys' types comparison and hash are called in the other one.
class load_thread {
public:
    /// @param table  Has no rows yet.
    /// @param rows   How many there will be. A quarter more have room.
    load_thread(table_base& table, std::size_t rows) : table_(table), rows_(rows + rows / 4) {
        table_.reserve_for_load(rows_);
        if (rows_ < worth_a_thread || !thread_.start<&load_thread::run>(*this)) go_alone();
    }
    load_thread(const load_thread&) = delete;
    load_thread& operator=(const load_thread&) = delete;
    ~load_thread() { end(); }

    /// How many rows may be loaded until `go_on` is called.
    [[nodiscard]] std::size_t room() const noexcept { return room_; }
    /// So many are loaded. Waits until there is memory for more. False: there need not be, `finish` says why.
    [[nodiscard]] bool go_on(std::size_t loaded) {
        if (loaded == rows_) { // more than were counted: the table's memory moves, which the thread must not see
            end();
            go_alone();
            return !failed_;
        }
        mutex_lock lock(mutex_);
        loaded_ = loaded;
        changed_.notify_all();
        while (touched_ <= loaded_) changed_.wait_for(lock, INT64_MAX);
        room_ = std::min(loaded_ + step, touched_);
        return !failed_;
    }
    /// Those that are loaded are all. `corrupt`: two rows have one unique key. `std::bad_alloc`.
    [[nodiscard]] result<void> finish() {
        end();
        if (out_of_memory_) detail::raise_out_of_memory();
        if (failed_) return std::move(linked_well_);
        go_alone();
        return table_.link_loaded(linked_, table_.slots().used());
    }

private:
    static constexpr std::size_t worth_a_thread = 10'000;
    static constexpr std::size_t step = 8'192; ///< Rows from one look at the other thread to the next.

    void run() noexcept {
        mutex_lock lock(mutex_);
        while (touched_ != rows_ && !ended_) {
            const std::size_t next = std::min(touched_ + 2 * step, rows_);
            lock.unlock();
            table_.touch(touched_, next);
            lock.lock();
            touched_ = next;
            changed_.notify_all();
        }
        give_way(); // nobody waits for what follows: a game may be running in another store
        while (!failed_) {
            while (loaded_ - linked_ < 2 * step && !ended_) changed_.wait_for(lock, INT64_MAX);
            if (ended_) return;
            const std::size_t next = loaded_;
            lock.unlock();
            const bool well = link(next);
            lock.lock();
            failed_ = !well;
        }
    }
    [[nodiscard]] bool link(std::size_t next) noexcept {
        BOOST_TRY {
            linked_well_ = table_.link_loaded(linked_, next);
            linked_ = next;
            return bool(linked_well_);
        }
        BOOST_CATCH(const std::bad_alloc&) {
            out_of_memory_ = true;
            return false;
        }
        BOOST_CATCH_END
    }
    /// Touches what is not yet: from here on the caller needs nobody.
    void go_alone() noexcept {
        table_.touch(touched_, rows_);
        touched_ = rows_;
        room_ = SIZE_MAX;
    }
    void end() noexcept {
        {
            const mutex_lock lock(mutex_);
            ended_ = true;
            changed_.notify_all();
        }
        thread_.join();
    }

    table_base& table_;
    const std::size_t rows_;
    std::size_t room_ = 0;
    mutex mutex_;
    condition changed_;
    std::size_t loaded_ = 0;  ///< Under the mutex, as the next three.
    std::size_t touched_ = 0; ///< Slots that have memory.
    bool ended_ = false;
    bool failed_ = false;
    std::size_t linked_ = 0; ///< The thread's until it is joined, as the next two.
    result<void> linked_well_{};
    bool out_of_memory_ = false;
    thread thread_; ///< Last: it ends first.
};

} // namespace holdfast
