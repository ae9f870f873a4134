// SPDX-License-Identifier: MIT
/// @file
/// Our side: a store, opened on a file, which saves when it is told to, so that it can be timed.
#pragma once

#include "disk/side.hpp"

#include <chrono>
#include <thread>

namespace bench {

class by_store final : public side {
public:
    static constexpr const char* side_name = "ours";

    explicit by_store(const scratch_folder& folder) : path_(path_in(folder)) {
        by_store::open();
        wait_for_first_backup();
    }
    [[nodiscard]] static std::string path_in(const scratch_folder& folder) { return folder.file("ours.db"); }
    /// Makes the file, with its table.
    static void make(const scratch_folder& folder) { holdfast::open<character_world>(path_in(folder)).value().close(); }

    [[nodiscard]] const char* name() const override { return side_name; }
    [[nodiscard]] const std::string& path() const override { return path_; }
    void open() override {
        holdfast::options chosen;
        chosen.save_every = std::chrono::hours(1);
        chosen.batch_bytes = std::size_t{1} << 30;
        db_.emplace(holdfast::open<character_world>(path_, chosen).value());
    }
    void close() override {
        require(db_->close().complete(), "the store has saved everything");
        db_.reset();
    }

    /// Timed from when the log has the changes, synced.
    [[nodiscard]] double write(operation what, std::span<const change> changes) override {
        constexpr std::chrono::minutes long_enough(5);
        for (std::size_t i = 0; i < changes.size(); ++i) {
            apply(what, changes[i]);
            if (i % 1'000 == 999) db_->commit();
        }
        db_->wait_durable(db_->commit(), long_enough).value();
        const holdfast::health_report before = db_->health();
        const double took = timed([&] { db_->save_all(long_enough).value(); });
        const holdfast::health_report after = db_->health();
        require_equal(after.rows_written - before.rows_written, std::uint64_t{changes.size()}, "rows of a batch");
        require_equal(after.batches - before.batches, std::uint64_t{1}, "transactions of a batch");
        return took;
    }
    [[nodiscard]] double load(row_check& check) override {
        const double took = timed([this] { open(); });
        for (const holdfast::row<character> row : (*db_)->characters) check.take(*row);
        close();
        return took;
    }

private:
    void apply(operation what, const change& is) {
        auto& table = (*db_)->characters;
        switch (what) {
        case operation::insert: table.insert(*is.row).value(); return;
        case operation::update_all:
            table.update(table.find(is.id), [&](character& row) { row = *is.row; }).value();
            return;
        case operation::update_one: table.set<&character::gold>(table.find(is.id), is.row->gold); return;
        case operation::erase: table.erase(table.find(is.id)).value(); return;
        }
    }
    /// It is made at once, the next in an hour: it shall not be copied while something is timed.
    void wait_for_first_backup() {
        for (int waited_ms = 0; waited_ms < 10'000; ++waited_ms) {
            if (db_->health().last_backup.time_since_epoch().count() != 0) return;
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        throw std::runtime_error("the store has made no backup");
    }

    std::string path_;
    std::optional<holdfast::store<character_world>> db_{};
};

} // namespace bench
