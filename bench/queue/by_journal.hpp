// SPDX-License-Identifier: MIT
/// @file
/// Two sides by hand: plain structs, and a journal of the same bytes that the store logs, copied into a mapped file, or
/// written with one call a commit. Neither is synced; each survives the death of the process, and no more.
#pragma once

#include "queue/rows.hpp"

#include <holdfast/queue.hpp>

#include <sys/mman.h>

namespace bench {

inline constexpr std::size_t journal_bytes = std::size_t{32} << 20; ///< As much as a store's ring has.
inline constexpr std::size_t journal_header = 16;                   ///< Of a frame: its bytes, its number.

/// A file of `journal_bytes`, allocated, mapped, every page touched: an op is written where it will lie.
class mapped_journal {
public:
    static constexpr const char* name = "memcpy";

    explicit mapped_journal(const std::string& path) : file_(holdfast::file::create(path).value()) {
        file_.allocate(journal_bytes).value();
        void* at =
            ::mmap(nullptr, journal_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, file_.descriptor(), 0);
        if (at == MAP_FAILED) throw std::runtime_error("cannot map " + path);
        data_ = static_cast<std::byte*>(at);
        std::memset(data_, 0, journal_bytes);
        begin(data_);
    }
    mapped_journal(const mapped_journal&) = delete;
    mapped_journal& operator=(const mapped_journal&) = delete;
    ~mapped_journal() { ::munmap(data_, journal_bytes); }

    /// Where so many bytes may be written; `wrote` says how many were.
    [[nodiscard]] std::byte* room(std::size_t bytes) {
        if (static_cast<std::size_t>(data_ + journal_bytes - at_) < bytes + 64) [[unlikely]]
            throw std::length_error("the journal is full");
        return at_;
    }
    void wrote(std::byte* end) noexcept { at_ = end; }
    /// One store makes the frame true for whoever reads the file of a dead process.
    void commit() noexcept {
        const auto payload = static_cast<std::uint64_t>(at_ - frame_) - journal_header;
        std::memcpy(frame_, &payload, sizeof(payload));
        std::byte* const sealed = frame_;
        begin(aligned(at_));
        number_in(sealed).store(++number_, std::memory_order_release);
    }
    [[nodiscard]] std::size_t left() const noexcept { return static_cast<std::size_t>(data_ + journal_bytes - at_); }
    [[nodiscard]] std::size_t used() const noexcept { return static_cast<std::size_t>(frame_ - data_); }
    [[nodiscard]] const holdfast::file& file() const noexcept { return file_; }
    void rewind() noexcept { begin(data_); }

private:
    static std::atomic_ref<std::uint64_t> number_in(std::byte* frame) noexcept {
        return std::atomic_ref(*reinterpret_cast<std::uint64_t*>(frame + 8));
    }
    static std::byte* aligned(std::byte* at) noexcept { return at + (-reinterpret_cast<std::uintptr_t>(at) & 7); }
    void begin(std::byte* at) noexcept {
        number_in(at).store(0, std::memory_order_relaxed);
        frame_ = at;
        at_ = at + journal_header;
    }

    holdfast::file file_;
    std::byte* data_ = nullptr;
    std::byte* frame_ = nullptr;
    std::byte* at_ = nullptr;
    std::uint64_t number_ = 0;
};

/// A buffer, and one `pwrite` of it a commit into a file that is allocated and in the page cache.
class written_journal {
public:
    static constexpr const char* name = "write";

    explicit written_journal(const std::string& path)
        : file_(holdfast::file::create(path).value()), buffer_(std::size_t{8} << 20) {
        file_.allocate(journal_bytes).value();
        const holdfast::bytes_view zeros(buffer_);
        for (std::size_t at = 0; at < journal_bytes; at += zeros.size()) file_.write_at(at, {&zeros, 1}).value();
        at_ = buffer_.data() + journal_header;
    }

    [[nodiscard]] std::byte* room(std::size_t bytes) {
        if (static_cast<std::size_t>(buffer_.data() + buffer_.size() - at_) < bytes + 64) [[unlikely]]
            throw std::length_error("the buffer is full");
        return at_;
    }
    void wrote(std::byte* end) noexcept { at_ = end; }
    void commit() {
        const auto payload = static_cast<std::uint64_t>(at_ - buffer_.data()) - journal_header;
        const std::uint64_t number = ++number_;
        std::memcpy(buffer_.data(), &payload, sizeof(payload));
        std::memcpy(buffer_.data() + 8, &number, sizeof(number));
        const std::size_t bytes = (journal_header + static_cast<std::size_t>(payload) + 7) & ~std::size_t{7};
        const ssize_t written = ::pwrite(file_.descriptor(), buffer_.data(), bytes, static_cast<off_t>(used_));
        if (written != static_cast<ssize_t>(bytes)) throw std::runtime_error("write: not all was written");
        used_ += bytes;
        at_ = buffer_.data() + journal_header;
    }
    [[nodiscard]] std::size_t left() const noexcept { return journal_bytes - used_; }
    [[nodiscard]] std::size_t used() const noexcept { return used_; }
    [[nodiscard]] const holdfast::file& file() const noexcept { return file_; }
    void rewind() noexcept { used_ = 0; }

private:
    holdfast::file file_;
    std::vector<std::byte> buffer_;
    std::byte* at_ = nullptr;
    std::size_t used_ = 0;
    std::uint64_t number_ = 0;
};

/// The tables as the ops number them.
[[nodiscard]] inline holdfast::log_schema journal_schema() {
    const auto table = [](std::size_t columns) {
        holdfast::log_table made;
        made.columns.resize(columns);
        made.key = {0};
        return made;
    };
    return {{table(9), table(7), table(4)}};
}

/// The rows, and a journal of what changes in them.
template <class Journal> class by_journal {
public:
    static constexpr const char* name = Journal::name;

    explicit by_journal(const std::string& path) : journal_(path) {
        rows_.fill();
        from_file_.fill();
    }

    void pay(std::uint32_t who, std::int64_t gold) {
        player& row = rows_.players[who];
        row.gold = gold;
        std::byte* at = key(journal_.room(64), holdfast::op_kind::set, 5, 0, row.id);
        journal_.wrote(number(at, gold));
    }
    void apply(const change& is) {
        switch (is.what) {
        case change::kind::move: return move(is);
        case change::kind::hurt: return hurt(is);
        case change::kind::pay: return pay(is.row, is.values[0]);
        case change::kind::alter: return alter(is);
        case change::kind::add: return add(is);
        case change::kind::note_down: return note_down(is);
        }
    }
    void commit() { journal_.commit(); }

    /// Untimed: reads the file back, makes the changes that it holds in rows of its own, and begins it anew.
    void settle() {
        std::vector<std::byte> bytes(journal_.used());
        for (std::size_t done = 0; done < bytes.size();) {
            const ssize_t got = ::pread(journal_.file().descriptor(), bytes.data() + done, bytes.size() - done,
                                        static_cast<off_t>(done));
            if (got <= 0) throw std::runtime_error("cannot read the journal");
            done += static_cast<std::size_t>(got);
        }
        for (std::size_t at = 0; at < bytes.size();) {
            const auto payload = holdfast::bytes::get<std::uint64_t>(bytes.data() + at);
            require_equal(holdfast::bytes::get<std::uint64_t>(bytes.data() + at + 8), ++replayed_,
                          std::string(name) + ": the number of a frame");
            replay({bytes.data() + at + journal_header, static_cast<std::size_t>(payload)});
            at += (journal_header + static_cast<std::size_t>(payload) + 7) & ~std::size_t{7};
        }
        journal_.rewind();
    }
    /// Untimed: makes room when little is left.
    void look() {
        if (journal_.left() < journal_bytes / 4) settle();
    }
    [[nodiscard]] plain_rows in_file() {
        settle();
        rows_.events = from_file_.events; // they are not in memory
        rows_.event_sum = from_file_.event_sum;
        require_same(from_file_, rows_, std::string("file and memory of ") + name);
        return from_file_;
    }
    /// Bytes of the frames since the last `settle`.
    [[nodiscard]] std::size_t used() const noexcept { return journal_.used(); }

private:
    static std::byte* number(std::byte* at, std::int64_t value) noexcept {
        return holdfast::bytes::put(holdfast::bytes::put(at, holdfast::cell_kind::i64), value);
    }
    static std::byte* number(std::byte* at, std::int32_t value) noexcept {
        return holdfast::bytes::put(holdfast::bytes::put(at, holdfast::cell_kind::i32), value);
    }
    static std::byte* number(std::byte* at, double value) noexcept {
        return holdfast::bytes::put(holdfast::bytes::put(at, holdfast::cell_kind::f64), value);
    }
    static std::byte* text(std::byte* at, std::string_view value) noexcept {
        at = holdfast::bytes::put_varint(holdfast::bytes::put(at, holdfast::cell_kind::text), value.size());
        std::memcpy(at, value.data(), value.size());
        return at + value.size();
    }
    static std::byte* key(std::byte* at, holdfast::op_kind kind, std::uint8_t column, std::uint16_t table,
                          std::int64_t id) noexcept {
        return number(holdfast::put_op_header(at, kind, column, table), id);
    }
    /// The start of an update of `Count` columns that follow each other.
    template <std::uint8_t First, std::uint8_t Count>
    static std::byte* update(std::byte* at, std::uint16_t table, std::int64_t id) noexcept {
        at = holdfast::put_op_header(at, holdfast::op_kind::update, 0, table);
        at = holdfast::bytes::put(at, Count);
        for (std::uint8_t c = First; c < First + Count; ++c) at = holdfast::bytes::put(at, c);
        return number(at, id);
    }

    void move(const change& is) {
        player& row = rows_.players[is.row];
        row.pos = is.to();
        std::byte* at = update<1, 2>(journal_.room(64), 0, row.id);
        journal_.wrote(number(number(at, row.pos.x), row.pos.y));
    }
    void hurt(const change& is) {
        player& row = rows_.players[is.row];
        row.hit_points = static_cast<std::int32_t>(is.values[0]);
        row.mana = static_cast<std::int32_t>(is.values[1]);
        std::byte* at = update<3, 2>(journal_.room(64), 0, row.id);
        journal_.wrote(number(number(at, row.hit_points), row.mana));
    }
    void alter(const change& is) {
        rows_.alter(is);
        const std::int64_t* to = is.values;
        std::byte* at = journal_.room(128 + is.text);
        if (is.text != 0) {
            at = update<2, 5>(at, 1, is.row);
            for (int i = 0; i < 4; ++i) at = number(at, to[i]);
            return journal_.wrote(text(at, is.words()));
        }
        switch (is.numbers) {
        case 1: return journal_.wrote(number(key(at, holdfast::op_kind::set, 2, 1, is.row), to[0]));
        case 2: return journal_.wrote(number(number(update<2, 2>(at, 1, is.row), to[0]), to[1]));
        case 3: return journal_.wrote(number(number(number(update<2, 3>(at, 1, is.row), to[0]), to[1]), to[2]));
        default:
            at = number(number(update<2, 4>(at, 1, is.row), to[0]), to[1]);
            return journal_.wrote(number(number(at, to[2]), to[3]));
        }
    }
    void add(const change& is) {
        rows_.apply(is);
        const thing& row = rows_.things.back();
        std::byte* at = key(journal_.room(128 + row.note.size()), holdfast::op_kind::insert, 0, 1, row.id);
        at = number(number(number(at, row.owner), row.a), row.b);
        journal_.wrote(text(number(number(at, row.c), row.d), row.note));
    }
    void note_down(const change& is) {
        std::byte* at = key(journal_.room(128 + is.text), holdfast::op_kind::insert, 0, 2, is.row);
        journal_.wrote(text(number(number(at, is.values[1]), is.values[2]), is.words()));
    }

    void replay(holdfast::bytes_view ops) {
        payload_.resize(sizeof(holdfast::section_header));
        const holdfast::section_header header{static_cast<std::uint32_t>(ops.size()), 0};
        std::memcpy(payload_.data(), &header, sizeof(header));
        payload_.insert(payload_.end(), ops.begin(), ops.end());
        holdfast::op_reader reader(payload_, schema_);
        for (;;) {
            const auto step = reader.next(op_);
            require(step != holdfast::op_reader::step::bad, std::string(name) + ": " + reader.why());
            if (step == holdfast::op_reader::step::end) return;
            if (op_.kind == holdfast::op_kind::insert) {
                insert_from_file();
                continue;
            }
            for (std::size_t i = 0; i < op_.columns.size(); ++i)
                set_from_file(std::to_integer<int>(op_.columns[i]), op_.values[i]);
        }
    }
    void insert_from_file() {
        const auto& v = op_.values;
        if (op_.table == 2) return from_file_.count_event(v[0].integer, v[1].integer, v[2].integer, v[3].view());
        from_file_.things.push_back({v[0].integer, v[1].integer, v[2].integer, v[3].integer, v[4].integer, v[5].integer,
                                     std::string(v[6].view())});
    }
    void set_from_file(int column, const holdfast::cell& value) {
        const auto row = static_cast<std::size_t>(op_.key_cells[0].integer);
        if (op_.table == 0) {
            player& to = from_file_.players.at(row);
            switch (column) {
            case 1: to.pos.x = value.real; return;
            case 2: to.pos.y = value.real; return;
            case 3: to.hit_points = static_cast<std::int32_t>(value.integer); return;
            case 4: to.mana = static_cast<std::int32_t>(value.integer); return;
            case 5: to.gold = value.integer; return;
            }
        } else {
            thing& to = from_file_.things.at(row);
            switch (column) {
            case 2: to.a = value.integer; return;
            case 3: to.b = value.integer; return;
            case 4: to.c = value.integer; return;
            case 5: to.d = value.integer; return;
            case 6: to.note.assign(value.view()); return;
            }
        }
        throw wrong_answer(std::string(name) + ": a column that nobody changes");
    }

    Journal journal_;
    plain_rows rows_{};
    plain_rows from_file_{};
    std::uint64_t replayed_ = 0;
    holdfast::log_schema schema_ = journal_schema();
    holdfast::op_view op_{};
    std::vector<std::byte> payload_{};
};

} // namespace bench
