// SPDX-License-Identifier: MIT
/// @file
/// Reads the ops of a frame one by one, trusting none of its bytes.
#pragma once

#include <holdfast/core/op.hpp>
#include <holdfast/queue/frame.hpp>
#include <holdfast/queue/log_schema.hpp>

namespace holdfast {

/// One op, decoded. Text and blobs point into the frame.
struct op_view {
    op_kind kind = op_kind::set;
    std::uint16_t table = 0;
    bytes_view columns{};        ///< Which columns `values` are of: set and update.
    bytes_view key{};            ///< The key's cells as stored: set, update, erase.
    std::vector<cell> key_cells; ///< The key's cells, decoded.
    std::vector<cell> values;    ///< insert, row: every column; set and update: those in `columns`.
    std::uint64_t lease = 0;     ///< lease: ids below it may be in use.
};

/// Walks the ops of a frame's payload, section by section.
class op_reader {
public:
    enum class step : std::uint8_t { op, end, bad };

    op_reader(bytes_view payload, const log_schema& schema) noexcept
        : rest_(payload), ops_(bytes_view{}), schema_(&schema) {}

    /// Decodes the next op into `op`. After `bad`, `why()` says what is wrong; nothing more can be read.
    [[nodiscard]] step next(op_view& op) {
        while (ops_.left() == 0) {
            if (rest_.left() == 0) return step::end;
            const auto header = rest_.take<section_header>();
            if (!header) return bad("a section header is cut short");
            const auto ops = rest_.take_bytes(header->bytes);
            if (!ops) return bad("a section is longer than its frame");
            ops_ = bytes::reader(*ops);
        }
        const auto word = ops_.take<std::uint32_t>();
        if (!word) return bad("an op is cut short");
        op.kind = static_cast<op_kind>(*word & 0xff);
        op.table = static_cast<std::uint16_t>(*word >> 16);
        op.key_cells.clear();
        op.values.clear();
        if (op.table >= schema_->tables.size()) return bad("an op names a table that the log does not");
        const log_table& table = schema_->tables[op.table];
        switch (op.kind) {
        case op_kind::set:
            column_ = static_cast<std::byte>(*word >> 8 & 0xff);
            op.columns = bytes_view(&column_, 1);
            return key_and_values(op, table);
        case op_kind::update: {
            const auto count = ops_.take_varint();
            const auto columns = ops_.take_bytes(count.value_or(0));
            if (!count || *count == 0 || !columns) return bad("an update's columns are cut short");
            op.columns = *columns;
            return key_and_values(op, table);
        }
        case op_kind::insert:
        case op_kind::row: return cells(op.values, table.columns.size()) ? step::op : bad("a row is cut short");
        case op_kind::erase: return key(op, table) ? step::op : bad("an erase is cut short");
        case op_kind::lease:
            if (const auto lease = ops_.take_varint()) {
                op.lease = *lease;
                return step::op;
            }
            return bad("a lease is cut short");
        case op_kind::unlogged: return step::op;
        }
        return bad("an op of an unknown kind");
    }

    [[nodiscard]] const char* why() const noexcept { return why_; }

private:
    step bad(const char* why) noexcept {
        why_ = why;
        return step::bad;
    }
    [[nodiscard]] bool cells(std::vector<cell>& into, std::size_t count) {
        into.resize(count);
        for (cell& one : into)
            if (!read_cell(ops_, one)) return false;
        return true;
    }
    [[nodiscard]] bool key(op_view& op, const log_table& table) {
        const std::byte* start = ops_.at();
        if (!cells(op.key_cells, table.key.size())) return false;
        op.key = bytes_view(start, ops_.at());
        return true;
    }
    step key_and_values(op_view& op, const log_table& table) {
        for (const std::byte column : op.columns)
            if (std::to_integer<std::size_t>(column) >= table.columns.size())
                return bad("an op names a column that the log does not");
        if (!key(op, table) || !cells(op.values, op.columns.size())) return bad("a change is cut short");
        return step::op;
    }

    bytes::reader rest_;
    bytes::reader ops_;
    const log_schema* schema_;
    std::byte column_{};
    const char* why_ = "";
};

} // namespace holdfast
