// SPDX-License-Identifier: MIT
/// @file
/// A session that records: each change's bytes go to memory and are read back as ops.
///
/// Every refill gives exactly the bytes that were asked for, with a guard behind them, so that a change
/// that writes more than it reserved is found.
#pragma once

#include <holdfast/table.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace holdfast::test {

/// A cell as text: "i64 7", "text Bob", "null".
[[nodiscard]] inline std::string text_of(const cell& c) {
    static constexpr std::array<const char*, 9> kinds{"null", "i8 ",  "i16 ",  "i32 ", "i64 ",
                                                      "f32 ", "f64 ", "text ", "blob "};
    const std::string kind = kinds[static_cast<std::size_t>(c.kind)];
    if (c.is_integer()) return kind + std::to_string(c.integer);
    if (c.is_real()) return kind + std::to_string(c.real);
    return c.is_bytes() ? kind + std::string(c.view()) : kind;
}

/// One op as it was decoded.
struct recorded_op {
    op_kind kind{};
    std::size_t table = 0;
    std::vector<std::uint8_t> columns{};
    std::vector<std::string> key{};
    std::vector<std::string> cells{};
    std::uint64_t lease = 0;

    /// "update 0 columns 3 4 key [i64 1] cells [i32 5, i64 6]"
    [[nodiscard]] std::string text() const {
        static constexpr std::array<const char*, 6> names{"?", "set ", "update ", "insert ", "erase ", "lease "};
        std::string made = names[static_cast<std::size_t>(kind)] + std::to_string(table);
        if (!columns.empty()) made += " columns";
        for (const std::uint8_t column : columns) made += " " + std::to_string(column);
        if (!key.empty()) made += " key " + list(key);
        if (!cells.empty()) made += " cells " + list(cells);
        return lease != 0 ? made + " " + std::to_string(lease) : made;
    }

private:
    static std::string list(const std::vector<std::string>& texts) {
        std::string made;
        for (const std::string& text : texts) made += (made.empty() ? "[" : ", ") + text;
        return made + "]";
    }
};

/// The session of a world whose ops are recorded. Lifetime: longer than the world's last change.
class recording {
public:
    edit_session session{};

    template <class World> explicit recording(World& world) : tables_(tables_of(world).value()) {
        session.log.owner = this;
        session.log.refill = [](write_cursor& cursor, std::size_t bytes) {
            static_cast<recording*>(cursor.owner)->refill(bytes);
        };
        for (std::size_t i = 0; i < tables_.size(); ++i) tables_[i]->attach(&session, static_cast<std::uint16_t>(i));
    }
    recording(const recording&) = delete;
    recording& operator=(const recording&) = delete;
    ~recording() {
        for (table_base* table : tables_) table->attach(nullptr, 0);
    }

    [[nodiscard]] const std::vector<table_base*>& tables() const noexcept { return tables_; }

    /// Bytes written so far.
    [[nodiscard]] std::size_t size() {
        collect();
        return written_.size();
    }
    /// Forgets what was written after the first `size` bytes, as a rollback does.
    void rewind(std::size_t size) {
        collect();
        written_.resize(size);
        read_ = std::min(read_, size);
    }

    /// The ops that were written since the last call.
    [[nodiscard]] std::vector<recorded_op> ops() {
        collect();
        std::vector<recorded_op> made;
        bytes::reader from(bytes_view(written_).subspan(read_));
        while (from.left() != 0) made.push_back(take_op(from));
        read_ = written_.size();
        return made;
    }
    /// The same as texts.
    [[nodiscard]] std::vector<std::string> texts() {
        std::vector<std::string> made;
        for (const recorded_op& op : ops()) made.push_back(op.text());
        return made;
    }

private:
    static constexpr std::size_t guard_bytes = 16;
    static constexpr std::byte guard{0xee};

    void collect() {
        std::byte*& at = session.log.at;
        if (piece_.empty()) return;
        if (at > session.log.end ||
            std::any_of(piece_.end() - guard_bytes, piece_.end(), [](std::byte b) { return b != guard; }))
            throw std::logic_error("a change wrote more bytes than it had reserved");
        written_.insert(written_.end(), start_, at);
        start_ = at;
    }

    void refill(std::size_t bytes) {
        collect();
        piece_.assign(bytes + guard_bytes, std::byte{0});
        std::fill(piece_.end() - guard_bytes, piece_.end(), guard);
        start_ = session.log.at = piece_.data();
        session.log.end = start_ + bytes;
    }

    [[nodiscard]] recorded_op take_op(bytes::reader& from) const {
        recorded_op op;
        const auto header = from.take<std::uint32_t>();
        op.kind = static_cast<op_kind>(header.value() & 0xff);
        op.table = header.value() >> 16;
        const table_description& is = tables_.at(op.table)->description();
        const auto column = static_cast<std::uint8_t>(header.value() >> 8 & 0xff);
        switch (op.kind) {
        case op_kind::set: op.columns = {column}; break;
        case op_kind::update: op.columns.resize(from.take_varint().value()); break;
        case op_kind::insert:
            op.cells.resize(static_cast<std::size_t>(std::count_if(is.row->columns.begin(), is.row->columns.end(),
                                                                   [](const auto& one) { return one.stored; })));
            break;
        case op_kind::erase: break;
        case op_kind::lease: op.lease = from.take_varint().value(); return op;
        default: throw std::logic_error("not an op");
        }
        if (op.kind != op_kind::set && column != 0) throw std::logic_error("a column where there is none");
        if (op.kind == op_kind::update)
            for (std::uint8_t& changed : op.columns) changed = from.take<std::uint8_t>().value();
        if (op.kind != op_kind::insert) op.key.resize(is.primary_key().size());
        for (std::string& part : op.key) part = text_of(take_cell(from).value());
        if (op.kind != op_kind::insert) op.cells.resize(op.columns.size());
        for (std::string& value : op.cells) value = text_of(take_cell(from).value());
        return op;
    }

    std::vector<table_base*> tables_;
    std::vector<std::byte> piece_{};
    std::byte* start_ = nullptr;
    std::vector<std::byte> written_{};
    std::size_t read_ = 0;
};

} // namespace holdfast::test
