// SPDX-License-Identifier: MIT
/// @file
/// A store without its world's type: opens, loads, commits, rolls back, saves, closes.
#pragma once

#include <holdfast/store/load.hpp>
#include <holdfast/store/saver.hpp>
#include <holdfast/track/edit_session.hpp>

namespace holdfast {

/// The tables as the log names them.
[[nodiscard]] inline log_schema log_schema_of(const std::vector<table_base*>& tables) {
    log_schema made;
    for (const table_base* table : tables) {
        const table_description& is = table->description();
        log_table named{is.name, {}, is.primary_key(), std::vector<bool>(is.row->columns.size())};
        for (const column& one : is.row->columns) named.columns.push_back(one.name);
        for (const index_description& index : is.indexes)
            if (index.is != index_description::role::index)
                for (const std::uint8_t column : index.columns) named.structural[column] = true;
        for (const reference_description& reference : is.references)
            for (const std::uint8_t column : reference.columns) named.structural[column] = true;
        made.tables.push_back(std::move(named));
    }
    return made;
}

/// See the file's sentence. Lives on the heap: threads and tables know its address.
/// Threads: the one that edits.
class engine {
public:
    /// Opens `path` and loads it into `tables`, which must outlive the engine.
    [[nodiscard]] static result<std::unique_ptr<engine>> open(const std::string& path, std::vector<table_base*> tables,
                                                              const options& chosen) {
        auto opened = open_database(path, tables, chosen.missing);
        if (!opened) return opened.why();
        if (auto ok = load_all(*opened, tables, chosen.progress); !ok)
            return error{ok.why().code, opened->path + ": " + ok.why().detail};
        if (!opened->created)
            if (auto ok = begin_writing(*opened); !ok) return ok.why();
        return std::unique_ptr<engine>(new engine(std::move(*opened), std::move(tables), chosen));
    }
    engine(const engine&) = delete;
    engine& operator=(const engine&) = delete;
    ~engine() {
        end();
        for (table_base* table : tables_) table->attach(nullptr, 0);
    }

    tick commit() noexcept {
        HOLDFAST_REQUIRE(session_.transactions == 0, "commit inside transact: return from it first");
        if (closed_) return drop_open_frame();
        if (session_.leases_owed) write_owed_leases();
        if (ring_.empty(session_.log)) return ring_.sealed();
        wall_us_ = std::max(wall_us_, clock_.wall_us());
        const tick sealed = ring_.seal(session_.log, wall_us_);
        session_.tick = sealed + 1;
        return sealed;
    }

    /// One transaction that is open; taken back unless it is kept.
    class scope {
    public:
        explicit scope(engine& of) noexcept
            : engine_(&of), steps_(of.session_.undo.size()), position_(of.ring_.mark(of.session_.log)) {
            ++of.session_.transactions;
        }
        scope(const scope&) = delete;
        scope& operator=(const scope&) = delete;
        ~scope() {
            if (engine_ == nullptr) return;
            engine_->session_.undo.undo_to(steps_);
            engine_->ring_.cut(engine_->session_.log, position_);
            --engine_->session_.transactions;
        }
        void keep() noexcept {
            if (--engine_->session_.transactions == 0) engine_->session_.undo.keep_all();
            engine_ = nullptr;
        }

    private:
        engine* engine_;
        std::size_t steps_;
        ring::savepoint position_;
    };

    [[nodiscard]] result<save_report> save_all(std::chrono::milliseconds within) {
        if (closed_) return error{errc::closed, path_ + ": the store is closed"};
        const health_report before = health();
        const std::int64_t begun = clock_.steady_ns();
        saver_->save_through(before.committed, within);
        const health_report now = health();
        if (now.saved >= before.committed)
            return save_report{before.committed, now.saved, now.rows_written - before.rows_written,
                               std::chrono::nanoseconds(clock_.steady_ns() - begun), false};
        const std::string what = "ticks " + std::to_string(now.saved + 1) + " to " + std::to_string(before.committed) +
                                 " are not in " + path_;
        if (now.last_error) return error{now.last_error->code, what + ": " + now.last_error->detail};
        return error{errc::timeout,
                     what + " after " + std::to_string(within.count()) + " ms; call again with more time"};
    }

    save_report close(std::chrono::milliseconds within) {
        HOLDFAST_REQUIRE(session_.transactions == 0, "close inside transact: return from it first");
        save_report report;
        report.committed = ring_.sealed();
        if (closed_) {
            report.saved = last_.saved;
            return report;
        }
        const health_report before = health();
        const std::int64_t begun = clock_.steady_ns();
        saver_->save_through(report.committed, within);
        report.open_frame_dropped = !ring_.empty(session_.log);
        end();
        report.saved = last_.saved;
        report.rows_written = last_.rows_written - before.rows_written;
        report.took = std::chrono::nanoseconds(clock_.steady_ns() - begun);
        return report;
    }

    [[nodiscard]] health_report health() const {
        if (closed_) return last_;
        health_report report;
        saver_->describe(report);
        report.committed = ring_.sealed();
        report.open_bytes = ring_.open_bytes(session_.log);
        return report;
    }

    [[nodiscard]] bool created() const noexcept { return created_; }

private:
    /// Out of memory: they are written with a later commit.
    void write_owed_leases() noexcept {
        try {
            for (table_base* table : tables_) table->write_owed_lease();
            session_.leases_owed = false;
        } catch (const std::bad_alloc&) {
            return;
        }
    }

    /// A closed store logs nothing; a tick still ends, and transact still takes back.
    tick drop_open_frame() noexcept {
        ring_.clear_open(session_.log);
        ++session_.tick;
        return ring_.sealed();
    }

    engine(database opened, std::vector<table_base*> tables, const options& chosen)
        : path_(opened.path), created_(opened.created), owner_(std::move(opened.owner)), tables_(std::move(tables)),
          clock_(chosen.time != nullptr ? *chosen.time : machine_clock()),
          ring_(chosen.ring_bytes, opened.applied + 1) {
        ring_.open(session_.log);
        session_.tick = opened.applied + 1;
        for (std::size_t i = 0; i < tables_.size(); ++i) tables_[i]->attach(&session_, static_cast<std::uint16_t>(i));
        saver_ = std::make_unique<saver>(std::move(opened.db), log_schema_of(tables_), random_number<std::uint32_t>(),
                                         ring_, opened.applied, chosen);
        saver_->say(log_level::info, path_ + (created_ ? ": created" : ": loaded") + ", true up to tick " +
                                         std::to_string(opened.applied));
    }

    /// Stops the threads and lets go of the file. From here on the tables are memory only.
    void end() noexcept {
        if (closed_) return;
        saver_->stop();
        last_ = health();
        last_.is = health_report::state::closed;
        saver_->close_database();
        closed_ = true;
        drop_open_frame();
        if (last_.saved < last_.committed)
            saver_->say(log_level::warning, path_ + ": closed with ticks " + std::to_string(last_.saved + 1) + " to " +
                                                std::to_string(last_.committed) + " not in the file");
        owner_ = owner_lock();
    }

    std::string path_;
    bool created_;
    owner_lock owner_;
    std::vector<table_base*> tables_;
    const clock& clock_;
    edit_session session_;
    ring ring_;
    std::unique_ptr<saver> saver_;
    std::int64_t wall_us_ = 0;
    bool closed_ = false;
    health_report last_{};
};

} // namespace holdfast
