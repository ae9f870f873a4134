// SPDX-License-Identifier: MIT
/// @file
/// Frames into SQLite: a batch of whole ticks is one transaction, which also says up to which tick the
/// file is true.
///
/// The order inside a batch: inserts, erases and changes of key, unique and reference columns one by one
/// in the order of the log, because memory accepted that order; then all other columns, the newest value
/// of each, sorted by key. Constraints between rows are checked at the end of the transaction.
#pragma once

#include <holdfast/snapshot/table_statements.hpp>

namespace holdfast {

/// What a batch did.
struct batch_report {
    std::uint64_t applied = 0; ///< The file is true up to this tick.
    std::size_t frames = 0;
    std::size_t ops = 0;
    std::size_t rows = 0; ///< Statements that wrote a row.
};

/// Applies frames to a database that has the tables of the schema. Threads: the writer's.
class delta_writer {
public:
    delta_writer(sqlite::connection& db, log_schema schema, std::uint32_t epoch)
        : db_(&db), schema_(std::move(schema)), epoch_(epoch), waiting_(schema_.tables.size()) {
        for (const log_table& table : schema_.tables) statements_.emplace_back(db, table);
    }
    delta_writer(const delta_writer&) = delete;
    delta_writer& operator=(const delta_writer&) = delete;

    /// Writes the frames, in order, and the marker, in one transaction: all or nothing.
    ///
    /// Errors: `busy`, `full`, `io`: try the same batch again later; `corrupt`: a frame or the file is not
    ///         what it should be; `refused`: SQLite refuses a row. Nothing is written then.
    /// Durable: on the disk when it returns (`synchronous=FULL`).
    [[nodiscard]] result<batch_report> apply(const std::vector<bytes_view>& frames) {
        for (coalescer& table : waiting_) table.clear();
        leases_.clear();
        taken_along_ = 0;
        batch_report report;
        auto open = sqlite::transaction::begin(*db_);
        if (!open) return open.why();
        if (auto ok = db_->run("PRAGMA defer_foreign_keys = ON"); !ok) return ok.why();
        for (const bytes_view stored : frames) {
            auto frame = read_frame(stored, epoch_);
            if (!frame) return frame.why();
            if (auto ok = apply_frame(*frame, report); !ok) return ok.why();
            report.applied = frame->header.number;
            ++report.frames;
        }
        if (taken_along_ != 0)
            return error{errc::corrupt, "a delete took " + std::to_string(taken_along_) +
                                            " more rows along than memory knows of: another table refers to ours"};
        if (auto ok = write_waiting(report); !ok) return ok.why();
        if (auto ok = write_marker(report.applied); !ok) return ok.why();
        if (auto ok = open->commit(); !ok) return ok.why();
        return report;
    }

private:
    [[nodiscard]] result<void> apply_frame(const frame_view& frame, batch_report& report) {
        op_reader ops(frame.payload, schema_);
        for (;;) {
            switch (ops.next(op_)) {
            case op_reader::step::end: return {};
            case op_reader::step::bad:
                return error{errc::corrupt, "frame " + std::to_string(frame.header.number) + ": " + ops.why()};
            case op_reader::step::op: break;
            }
            ++report.ops;
            if (auto ok = apply_op(report); !ok)
                return error{ok.why().code, "tick " + std::to_string(frame.header.number) + ": " + ok.why().detail};
        }
    }

    [[nodiscard]] result<void> apply_op(batch_report& report) {
        switch (op_.kind) {
        case op_kind::insert: ++report.rows; return statements_[op_.table].insert(op_.values);
        case op_kind::erase:
            ++report.rows;
            waiting_[op_.table].drop(op_.key);
            return statements_[op_.table].erase(op_.key_cells, taken_along_);
        case op_kind::lease: leases_[op_.table] = op_.lease; return {};
        case op_kind::set:
        case op_kind::update: return change(report);
        }
        return {};
    }

    /// Structural columns at once; the others wait.
    [[nodiscard]] result<void> change(batch_report& report) {
        const log_table& table = schema_.tables[op_.table];
        column_mask now;
        bool any = false;
        coalescer::row* waiting = nullptr;
        for (std::size_t i = 0; i < op_.values.size(); ++i) {
            const auto column = std::to_integer<std::uint8_t>(op_.columns[i]);
            if (!table.structural[column]) {
                if (waiting == nullptr) waiting = &waiting_[op_.table].row_of(op_);
                waiting_[op_.table].set(*waiting, column, op_.values[i]);
                continue;
            }
            now.add(column);
            any = true;
        }
        if (!any) return {};
        ++report.rows;
        return statements_[op_.table].update(now, op_.key_cells, [&](auto&& bind) {
            for (std::size_t i = 0; i < op_.values.size(); ++i) // where a column is named twice the last value counts
                if (const auto column = std::to_integer<std::uint8_t>(op_.columns[i]); now.has(column))
                    bind(column, op_.values[i]);
        });
    }

    [[nodiscard]] result<void> write_waiting(batch_report& report) {
        for (std::size_t t = 0; t < waiting_.size(); ++t) {
            coalescer& table = waiting_[t];
            auto ok = table.write_all([&](const coalescer::row& row) -> result<void> {
                ++report.rows;
                decode_key(row);
                return statements_[t].update(row.columns, key_, [&](auto&& bind) { table.for_each(row, bind); });
            });
            if (!ok) return ok;
        }
        return {};
    }

    void decode_key(const coalescer::row& row) {
        key_.clear();
        if (row.is_number) {
            key_.push_back(cell::of_integer(cell_kind::i64, row.number));
            return;
        }
        bytes::reader from({reinterpret_cast<const std::byte*>(row.key.data()), row.key.size()});
        while (from.left() != 0) key_.push_back(*take_cell(from));
    }

    [[nodiscard]] result<void> write_marker(std::uint64_t applied) {
        if (!marker_) {
            auto made = db_->prepare("UPDATE holdfast_meta SET applied = ? WHERE id = 1");
            if (!made) return made.why();
            marker_ = std::move(*made);
            auto lease = db_->prepare("INSERT INTO holdfast_ids (name, next) VALUES (?, ?) "
                                      "ON CONFLICT (name) DO UPDATE SET next = max(next, excluded.next)");
            if (!lease) return lease.why();
            lease_ = std::move(*lease);
        }
        for (const auto& [table, next] : leases_) {
            const std::string& name = schema_.tables[table].name;
            lease_.bind(1, cell::of_bytes(cell_kind::text, name.data(), name.size()));
            lease_.bind(2, cell::of_integer(cell_kind::i64, static_cast<std::int64_t>(next)));
            if (auto ok = lease_.run(); !ok) return ok;
        }
        marker_.bind(1, cell::of_integer(cell_kind::i64, static_cast<std::int64_t>(applied)));
        if (auto ok = marker_.run(); !ok) return ok;
        if (db_->changes() != 1) return error{errc::corrupt, "holdfast_meta has no row: the file is not ours any more"};
        return {};
    }

    sqlite::connection* db_;
    log_schema schema_;
    std::uint32_t epoch_;
    std::vector<table_statements> statements_;
    std::vector<coalescer> waiting_;
    boost::unordered_flat_map<std::uint16_t, std::uint64_t> leases_;
    std::int64_t taken_along_ = 0;
    sqlite::statement marker_;
    sqlite::statement lease_;
    op_view op_;
    std::vector<cell> key_;
};

} // namespace holdfast
