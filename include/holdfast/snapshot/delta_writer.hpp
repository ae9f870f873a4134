// SPDX-License-Identifier: MIT
/// @file
/// Frames into SQLite: a batch of whole ticks is one transaction, which also says up to which tick the
/// file is true.
///
/// The order inside a batch: inserts, erases and changes of key, unique and reference columns one by one
/// in the order of the log, because memory accepted that order; then all other columns, the newest value
/// of each, sorted by key. Constraints between rows are checked at the end of the transaction. A batch with rows that
/// SQLite refuses is written with those as dead rows: see dead_rows.hpp.
#pragma once

#include <holdfast/snapshot/dead_rows.hpp>
#include <holdfast/snapshot/file_marker.hpp>

#include <memory>
#include <optional>

namespace holdfast {

/// What a batch did.
struct batch_report {
    std::uint64_t applied = 0; ///< The file is true up to this tick.
    std::size_t frames = 0;
    std::size_t ops = 0;
    std::size_t rows = 0; ///< Statements that wrote a row.

    std::size_t dead_rows = 0;      ///< How many rows the file has beside their tables, because SQLite refuses them.
    std::optional<error> refused{}; ///< Why the first one of this batch is refused, which names it.
    std::uint64_t other_forms = 0;  ///< Values in another form than their own: see `health_report::other_forms`.
};

/// Applies frames to a database that has the tables of the schema. Threads: the writer's.
class delta_writer {
public:
    /// @param in_doubt  A bulk load that the file has, or not; 0: none. See `outcome_unknown`.
    [[gnu::cold]] delta_writer(sqlite::connection& db, log_schema schema, std::uint32_t epoch,
                               std::uint64_t in_doubt = 0)
        : db_(&db), schema_(std::move(schema)), epoch_(epoch), dead_(db, schema_), in_doubt_(in_doubt), marker_(db) {
        for (const log_table& table : schema_.tables) tables_.push_back(std::make_unique<writing>(db, table));
    }
    [[gnu::cold]] ~delta_writer() = default;
    delta_writer(const delta_writer&) = delete;
    delta_writer& operator=(const delta_writer&) = delete;

    /// Writes the frames, in order, and the marker, in one transaction: all or nothing. Frames that the file
    /// has already, because a COMMIT that reported an error had done its work, are passed over.
    ///
    /// When SQLite refuses rows the batch is written once more, with those rows as dead ones. Then, and while there are any,
    /// foreign keys are off, and what would dangle is found at the end.
    ///
    /// Errors: `busy`, `full`, `io`: try the same batch again later; `corrupt`: a frame or the file is not
    ///         what it should be, or the frames do not follow on what the file has; `refused`: SQLite refuses the
    ///         transaction as a whole. Nothing is written then.
    /// Durable: on the disk when it returns (`synchronous=FULL`).
    [[nodiscard, gnu::cold]] result<batch_report> apply(const std::vector<bytes_view>& frames) {
        auto report = try_apply(frames, false);
        if (!report && report.why().code == errc::refused) report = try_apply(frames, true);
        return report;
    }

    /// Writes the ops of one tick that is in no frame, a bulk load, in one transaction of its own. Errors: as `apply`.
    /// After a COMMIT that reported an error the file is asked whether it was done, unless it must be opened again first.
    /// Without an answer see `outcome_unknown`.
    [[nodiscard, gnu::cold]] result<batch_report> apply_alone(bytes_view payload, std::uint64_t number) {
        committing_ = false;
        auto report = try_alone(payload, number);
        if (report || !committing_) return report;
        in_doubt_ = number;
        for (int tries = 0; tries < 3 && !commit_failed_; ++tries)
            if (settle(report)) break;
        return report;
    }
    /// Asks the file for what `apply_alone` left unknown. False when it does not answer.
    [[gnu::cold]] bool settle(result<batch_report>& outcome) {
        batch_report now;
        if (db_->unfinished()) db_->roll_back();
        if (db_->unfinished()) return false;
        const auto applied = marker_.read();
        if (!applied) return false;
        now.applied = *applied;
        if (now.applied == in_doubt_) outcome = now;
        in_doubt_ = 0;
        return true;
    }
    /// Nobody knows whether the file has the last tick given to `apply_alone`: its number must not be used again. When
    /// it turns out that the file has it, `apply` refuses.
    [[nodiscard]] bool outcome_unknown() const noexcept { return in_doubt_ != 0; }
    [[nodiscard]] std::uint64_t in_doubt() const noexcept { return in_doubt_; }
    /// A COMMIT met an I/O error: what the connection reads may not be what is on the disk. Nothing may be applied before
    /// the file was opened again and is known to be whole: see `sqlite::open_again`.
    [[nodiscard]] bool needs_fresh_connection() const noexcept { return commit_failed_; }

    /// The last batch was refused because the file does not have what memory had: somebody else has written to it.
    [[nodiscard, gnu::cold]] bool diverged() const noexcept {
        return diverged_ || std::any_of(tables_.begin(), tables_.end(),
                                        [](const auto& table) { return table->statements.diverged(); });
    }
    /// The last batch was refused because a frame's bytes are not what was logged.
    [[nodiscard]] bool bad_frame() const noexcept { return bad_frame_; }

private:
    /// One table: how it is written, and what a batch has for it.
    struct writing {
        writing(sqlite::connection& db, const log_table& table) : statements(db, table) {}
        table_statements statements;
        coalescer waiting{};
        std::uint64_t lease = 0; ///< The newest; 0: none in this batch.
    };

    [[nodiscard]] result<batch_report> try_apply(const std::vector<bytes_view>& frames, bool keep_refused) {
        keeping_refused_ = keep_refused;
        batch_report report;
        auto open = begin(report);
        if (!open) return open.why();
        for (const bytes_view stored : frames) {
            auto frame = read_frame(stored, epoch_);
            bad_frame_ = !frame;
            if (!frame) return frame.why();
            if (frame->header.number <= report.applied) continue;
            if (frame->header.number != report.applied + 1)
                return error{errc::corrupt, words({"tick ", frame->header.number, " follows on tick ", report.applied,
                                                   ": those between are missing"})};
            if (auto ok = apply_ops(frame->payload, frame->header.number, report); !ok) return ok.why();
            report.applied = frame->header.number;
            ++report.frames;
        }
        return end(*open, report);
    }
    [[nodiscard]] result<sqlite::transaction> begin(batch_report& report) {
        for (const auto& table : tables_) {
            table->waiting.clear();
            table->lease = 0;
            table->statements.begin();
            (void)table->statements.take_other_forms(); // of a batch that failed
        }
        taken_along_ = 0;
        diverged_ = bad_frame_ = false;
        if (db_->unfinished()) db_->roll_back();
        if (auto ok = dead_.look(); !ok) return ok.why();
        if (auto ok = set_references(!keeping_refused_ && !dead_.any()); !ok) return ok.why();
        auto open = sqlite::transaction::begin(*db_);
        if (!open) return open;
        if (auto ok = db_->run("PRAGMA defer_foreign_keys = ON"); !ok) return ok.why();
        auto applied = marker_.read();
        if (!applied) return applied.why();
        report.applied = *applied;
        if (in_doubt_ != 0 && report.applied == in_doubt_)
            return error{errc::corrupt, words({"the file has the bulk load of tick ", in_doubt_,
                                               ", which was taken back in memory: close, and open again"})};
        in_doubt_ = 0;
        return open;
    }
    [[nodiscard]] result<batch_report> end(sqlite::transaction& open, const batch_report& before) {
        batch_report report = before;
        diverged_ = taken_along_ != 0;
        if (diverged_)
            return error{errc::corrupt, words({"a delete took ", taken_along_,
                                               " more rows along than memory knows of: another table refers to ours"})};
        if (auto ok = write_waiting(report); !ok) return ok.why();
        if (references_off_)
            if (auto ok = settle_dead_rows(report); !ok) return ok.why();
        auto dead = dead_.count();
        if (!dead) return dead.why();
        report.dead_rows = *dead;
        for (const auto& table : tables_) report.other_forms += table->statements.take_other_forms();
        if (auto ok = write_marker(report.applied); !ok) return ok.why();
        committing_ = true;
        if (auto ok = open.commit(); !ok) {
            commit_failed_ = db_->met_io_error();
            return ok.why();
        }
        return report;
    }
    /// Inside a transaction this would do nothing.
    [[nodiscard]] result<void> set_references(bool on) {
        if (on && !references_off_) return {};
        references_off_ = true;
        if (auto ok = db_->set_pragma("foreign_keys", on ? "ON" : "OFF", on ? "1" : "0"); !ok) return ok;
        references_off_ = !on;
        return {};
    }
    [[nodiscard, gnu::cold]] result<void> settle_dead_rows(batch_report& report) {
        if (report.refused)
            if (auto ok = dead_.retry(); !ok) return ok;
        auto dangling = dead_.bury_dangling(report.applied);
        if (!dangling) return dangling.why();
        if (!report.refused) report.refused = std::move(*dangling);
        return {};
    }
    [[nodiscard]] result<batch_report> try_alone(bytes_view payload, std::uint64_t number) {
        BOOST_TRY { return write_alone(payload, number); }
        BOOST_CATCH(const std::bad_alloc&) { return error{errc::io, out_of_memory}; }
        BOOST_CATCH_END
    }
    [[nodiscard]] result<batch_report> write_alone(bytes_view payload, std::uint64_t number) {
        keeping_refused_ = false;
        batch_report report;
        auto open = begin(report);
        if (!open) return open.why();
        if (number != report.applied + 1)
            return error{errc::corrupt, words({"a bulk load as tick ", number, " follows on tick ", report.applied})};
        if (auto ok = apply_ops(payload, number, report); !ok) return ok.why();
        report.applied = number;
        return end(*open, report);
    }

    [[nodiscard, gnu::hot]] result<void> apply_ops(bytes_view payload, std::uint64_t number, batch_report& report) {
        op_reader ops(payload, schema_);
        for (;;) {
            switch (ops.next(op_)) {
            case op_reader::step::end: return {};
            case op_reader::step::bad: return error{errc::corrupt, words({"frame ", number, ": ", ops.why()})};
            case op_reader::step::op: break;
            }
            ++report.ops;
            number_ = number;
            if (auto ok = apply_op(report); !ok)
                return error{ok.why().code, words({"tick ", number, ": ", ok.why().detail})};
        }
    }

    [[nodiscard]] result<void> apply_op(batch_report& report) {
        writing& table = *tables_[op_.table];
        switch (op_.kind) {
        case op_kind::insert: return insert(report);
        case op_kind::erase:
            table.waiting.drop(op_.key);
            return write(
                op_.table, op_.key_cells, report, [&] { return table.statements.erase(op_.key_cells, taken_along_); },
                [&](std::string_view why) { return dead_.erase(op_.table, op_.key_cells, number_, why); });
        case op_kind::lease: table.lease = op_.lease; return {};
        case op_kind::row: return {}; // of a resync that nobody needs: the other ops say the same
        case op_kind::unlogged:
            return error{errc::refused,
                         "what it changed is in no log (a bulk load, or changes of another program): only "
                         "a database that has it can go on"};
        case op_kind::set:
        case op_kind::update: return change(report);
        }
        return {};
    }
    [[nodiscard]] result<void> insert(batch_report& report) {
        const auto into_table = [&] { return tables_[op_.table]->statements.insert(op_.values); };
        const auto beside = [&](std::string_view why) { return dead_.insert(op_.table, op_.values, number_, why); };
        if (!dead_.any(op_.table)) return write_live(op_.table, report, into_table, beside);
        key_.clear();
        for (const std::uint8_t column : schema_.tables[op_.table].key) key_.push_back(op_.values[column]);
        return write(op_.table, key_, report, into_table, beside);
    }

    /// Writes a row to its table, or, when it is a dead one, beside it.
    template <class Live, class Dead>
    [[nodiscard]] result<void> write(std::uint16_t table, const std::vector<cell>& key, batch_report& report,
                                     Live&& live, Dead&& dead) {
        if (dead_.any(table)) {
            const auto is_dead = dead_.has(table, key);
            if (!is_dead) return is_dead.why();
            if (*is_dead) {
                ++report.rows;
                return dead(std::string_view());
            }
        }
        return write_live(table, report, live, dead);
    }
    /// Writes a row to its table; one that SQLite refuses becomes a dead one, when those are kept.
    template <class Live, class Dead>
    [[nodiscard]] result<void> write_live(std::uint16_t table, batch_report& report, Live&& live, Dead&& dead) {
        ++report.rows;
        result<void> ok = live();
        if (ok || !keeping_refused_ || ok.why().code != errc::refused) return ok;
        if (!report.refused) report.refused = error{errc::refused, words({ok.why().detail, dead_.kept_in(table)})};
        return dead(std::string_view(ok.why().detail));
    }

    /// Structural columns at once; the others wait.
    [[nodiscard]] result<void> change(batch_report& report) {
        const log_table& table = schema_.tables[op_.table];
        writing& to = *tables_[op_.table];
        column_mask now;
        bool any = false;
        coalescer::row* waiting = nullptr;
        for (std::size_t i = 0; i < op_.values.size(); ++i) {
            const auto column = std::to_integer<std::uint8_t>(op_.columns[i]);
            if (table.structural[column] == 0) {
                if (waiting == nullptr) waiting = &to.waiting.row_of(op_);
                to.waiting.set(*waiting, column, op_.values[i]);
                continue;
            }
            now.add(column);
            any = true;
        }
        if (!any) return {};
        const auto give = [&](auto&& bind) {
            for (std::size_t i = 0; i < op_.values.size(); ++i) // where a column is named twice the last value counts
                if (const auto column = std::to_integer<std::uint8_t>(op_.columns[i]); now.has(column))
                    bind(column, op_.values[i]);
        };
        return write(
            op_.table, op_.key_cells, report, [&] { return to.statements.update(now, op_.key_cells, give); },
            [&](std::string_view why) { return dead_.update(op_.table, op_.key_cells, number_, why, give); });
    }

    [[nodiscard, gnu::hot]] result<void> write_waiting(batch_report& report) {
        for (std::size_t t = 0; t < tables_.size(); ++t) {
            writing& table = *tables_[t];
            const auto number = static_cast<std::uint16_t>(t);
            auto ok = table.waiting.write_all([&](const coalescer::row& row) {
                decode_key(row);
                const auto give = [&](auto&& bind) { table.waiting.for_each(row, bind); };
                return write(
                    number, key_, report, [&] { return table.statements.update(row.columns, key_, give); },
                    [&](std::string_view why) { return dead_.update(number, key_, report.applied, why, give); });
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

    [[nodiscard, gnu::cold]] result<void> write_marker(std::uint64_t applied) {
        for (std::size_t t = 0; t < tables_.size(); ++t)
            if (auto ok = marker_.write_lease(schema_.tables[t].name, tables_[t]->lease); !ok) return ok;
        return marker_.write(applied);
    }

    sqlite::connection* db_;
    log_schema schema_;
    std::uint32_t epoch_;
    std::vector<std::unique_ptr<writing>> tables_;
    dead_rows dead_;
    bool keeping_refused_ = false; ///< What SQLite refuses becomes a dead row.
    bool references_off_ = false;  ///< Foreign keys are not enforced, or may not be.
    std::uint64_t number_ = 0;     ///< The tick at hand.
    std::int64_t taken_along_ = 0;
    bool diverged_ = false;
    bool bad_frame_ = false;
    bool committing_ = false;    ///< A COMMIT was tried.
    bool commit_failed_ = false; ///< One met an I/O error.
    std::uint64_t in_doubt_;
    file_marker marker_;
    op_view op_;
    std::vector<cell> key_;
};

} // namespace holdfast
