// SPDX-License-Identifier: MIT
/// @file
/// A resync into SQLite: whole rows take the place of what the file has, in one transaction.
#pragma once

#include <holdfast/snapshot/delta_writer.hpp>
#include <holdfast/snapshot/shadow_table.hpp>

#include <memory>

namespace holdfast {

/// See the file's sentence. Begun, given every frame behind the one that the file is true up to, with or without gaps, up to
/// the one that ends a resync, then ended. Rows are collected anew where a resync begins, so that the last one counts.
/// Tables without a key, whose rows are not in memory, get what the frames add to them.
///
/// Before the COMMIT the file stays as it is, whenever the process is killed; destroyed earlier, it is rolled back.
/// Threads: the writer's.
class resync_writer {
public:
    [[gnu::cold]] resync_writer(sqlite::connection& db, log_schema schema)
        : db_(&db), schema_(std::move(schema)), marker_(db), dead_(db, schema_) {
        for (const log_table& table : schema_.tables) tables_.push_back(std::make_unique<shadow_table>(db, table));
    }
    resync_writer(const resync_writer&) = delete;
    resync_writer& operator=(const resync_writer&) = delete;
    [[gnu::cold]] ~resync_writer() {
        tables_.clear();
        open_.reset();
        if (!ended_) (void)end_references();
    }

    /// Errors: as the next two: `busy`, `full`, `io`: try all of it again later.
    [[nodiscard, gnu::cold]] result<void> begin() {
        if (db_->unfinished()) db_->roll_back();
        // Inside a transaction this would do nothing: rows are deleted and come back, and nothing may follow them.
        if (auto ok = db_->set_pragma("foreign_keys", "OFF", "0"); !ok) return ok;
        auto open = sqlite::transaction::begin(*db_);
        if (!open) return open.why();
        open_.emplace(std::move(*open));
        auto applied = marker_.read();
        if (!applied) return applied.why();
        report_.applied = *applied;
        for (const auto& table : tables_)
            if (auto ok = table->make(); !ok) return ok;
        return {};
    }
    /// The file is true up to this tick.
    [[nodiscard]] std::uint64_t applied() const noexcept { return report_.applied; }

    /// @param of  By which the frame's numbers go; null: by the writer's own schema.
    /// Errors: also `corrupt`: a frame is not what it should be.
    [[nodiscard]] result<void> take(bytes_view stored, std::uint32_t epoch, const log_schema* of = nullptr) {
        auto frame = read_frame(stored, epoch);
        if (!frame) return frame.why();
        if (frame->header.number <= report_.applied) return {};
        const frame_header& is = frame->header;
        if (is.number != report_.applied + 1)
            begun_ = 0; // some are missing: they may have changed rows that it has logged
        if (is.resync_begins != 0) {
            begun_ = is.resync_begins;
            for (const auto& table : tables_)
                if (auto ok = table->clear(); !ok) return ok;
        }
        whole_ = is.resync_ends != 0 && is.resync_ends == begun_;
        report_.applied = is.number;
        ++report_.frames;
        const bool foreign = of != nullptr && !(*of == schema_);
        if (foreign && (is.resync_begins != 0 || whole_))
            return error{errc::corrupt,
                         words({"tick ", is.number, ": a resync of a process whose tables were others"})};
        return foreign ? apply_foreign(frame->payload, *of) : apply_ops(frame->payload);
    }

    /// Rows that SQLite refuses become dead rows. Errors: also `refused`: SQLite refuses the transaction as a whole.
    /// Durable: on the disk when it returns (`synchronous=FULL`).
    [[nodiscard, gnu::cold]] result<batch_report> end() {
        if (!whole_)
            return error{errc::corrupt,
                         words({"tick ", report_.applied, " does not end a resync: nothing is replaced"})};
        if (auto ok = dead_.look(); !ok) return ok.why();
        for (std::size_t t = 0; t < tables_.size(); ++t)
            if (auto ok = replace(static_cast<std::uint16_t>(t)); !ok) return ok.why();
        auto dangling = dead_.bury_dangling(report_.applied);
        if (!dangling) return dangling.why();
        if (!report_.refused) report_.refused = std::move(*dangling);
        auto dead = dead_.count();
        if (!dead) return dead.why();
        report_.dead_rows = *dead;
        for (std::size_t t = 0; t < tables_.size(); ++t) {
            if (auto ok = marker_.write_lease(schema_.tables[t].name, tables_[t]->lease()); !ok) return ok.why();
            if (auto ok = tables_[t]->drop(); !ok) return ok.why();
        }
        if (auto ok = marker_.write(report_.applied); !ok) return ok.why();
        if (auto ok = open_->commit(); !ok) {
            unsure_ = db_->met_io_error();
            return ok.why();
        }
        open_.reset();
        ended_ = true;
        if (auto ok = end_references(); !ok) return ok.why();
        return report_;
    }

    /// A COMMIT met an I/O error, or foreign keys could not be switched on again: nothing more may be done by this
    /// connection. See `sqlite::open_again`. To be asked of one that has ended or failed.
    [[nodiscard, gnu::cold]] bool needs_fresh_connection() {
        tables_.clear();
        open_.reset();
        return !end_references() || unsure_;
    }

private:
    [[nodiscard]] result<void> apply_ops(bytes_view payload) {
        op_reader ops(payload, schema_);
        for (;;) {
            switch (ops.next(op_)) {
            case op_reader::step::end: return {};
            case op_reader::step::bad: return error{errc::corrupt, words({"frame ", report_.applied, ": ", ops.why()})};
            case op_reader::step::op: break;
            }
            if (auto ok = apply(op_.table); !ok) return ok;
        }
    }
    [[nodiscard]] result<void> apply(std::size_t table) {
        ++report_.ops;
        ++report_.rows;
        if (op_.kind == op_kind::unlogged) { // rows that were collected before may lack what it changed
            begun_ = 0;
            whole_ = false;
        }
        auto ok = tables_[table]->apply(op_);
        return ok ? std::move(ok) : error{ok.why().code, words({"tick ", report_.applied, ": ", ok.why().detail})};
    }
    /// Of a process whose tables were others. The resync is behind it: only what it appended to tables without a key counts.
    [[nodiscard, gnu::cold]] result<void> apply_foreign(bytes_view payload, const log_schema& of) {
        op_reader ops(payload, of);
        for (;;) {
            const op_reader::step next = ops.next(op_);
            if (next == op_reader::step::end) return {};
            if (next == op_reader::step::bad)
                return error{errc::corrupt, words({"frame ", report_.applied, ": ", ops.why()})};
            const log_table& named = of.tables[op_.table];
            if (!named.key.empty() || op_.kind != op_kind::insert) continue;
            std::size_t same = 0;
            while (same < schema_.tables.size() && !(schema_.tables[same] == named)) ++same;
            if (same == schema_.tables.size())
                return error{errc::refused, words({"tick ", report_.applied, ": the table ", named.name,
                                                   " has other columns in the resync behind it"})};
            if (auto ok = apply(same); !ok) return ok;
        }
    }
    /// Rows that SQLite refuses become dead ones; those that were dead before are among the rows anyway.
    [[nodiscard, gnu::cold]] result<void> replace(std::uint16_t number) {
        shadow_table& table = *tables_[number];
        if (!schema_.tables[number].key.empty())
            if (auto ok = dead_.forget(number); !ok) return ok;
        if (auto ok = table.empty(); !ok) return ok;
        auto ok = table.fill();
        if (ok || ok.why().code != errc::refused) return ok;
        auto rows = table.rows();
        if (!rows) return rows.why();
        for (const std::int64_t row : *rows) {
            auto one = table.fill(row);
            if (!one && one.why().code == errc::refused) one = bury(number, table.name(), row, one.why().detail);
            if (!one) return one;
        }
        return {};
    }
    [[nodiscard, gnu::cold]] result<void> bury(std::uint16_t table, const std::string& from, std::int64_t row,
                                               std::string_view why) {
        if (!report_.refused)
            report_.refused =
                error{errc::refused, words({schema_.tables[table].name, ": ", why, dead_.kept_in(table)})};
        return dead_.take(table, from, row, report_.applied, why);
    }
    [[nodiscard, gnu::cold]] result<void> end_references() {
        if (db_->unfinished()) db_->roll_back();
        return db_->set_pragma("foreign_keys", "ON", "1");
    }

    sqlite::connection* db_;
    const log_schema schema_;
    std::optional<sqlite::transaction> open_;
    std::vector<std::unique_ptr<shadow_table>> tables_;
    file_marker marker_;
    dead_rows dead_;
    batch_report report_;
    op_view op_;
    std::uint32_t begun_ = 0; ///< The resync that the rows are of; 0: of none.
    bool whole_ = false;      ///< It ends with the last frame.
    bool ended_ = false;
    bool unsure_ = false;
};

} // namespace holdfast
