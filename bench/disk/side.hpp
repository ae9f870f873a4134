// SPDX-License-Identifier: MIT
/// @file
/// One of the programs that keep the characters in a file.
#pragma once

#include "disk/file.hpp"
#include "disk/rows.hpp"
#include "support/scratch_folder.hpp"

#include <optional>
#include <span>

namespace bench {

/// Open from the start. Threads: one.
class side {
public:
    side() = default;
    side(const side&) = delete;
    side& operator=(const side&) = delete;
    virtual ~side() = default;

    [[nodiscard]] virtual const char* name() const = 0;
    [[nodiscard]] virtual const std::string& path() const = 0;
    virtual void open() = 0;
    virtual void close() = 0;
    /// Writes the changes in one transaction. How long that takes from when the side has the values until they are on
    /// the disk, in ns.
    [[nodiscard]] virtual double write(operation what, std::span<const change> changes) = 0;
    /// Of a side that is closed: opens the file, loads every row and lets the check look at them. How long opening and
    /// loading takes, in ns.
    [[nodiscard]] virtual double load(row_check& check) = 0;
};

/// A side without a store: it has its rows in structs.
///
/// @tparam Database  Constructed with the path. `write(operation, changes)` takes changes whose keys ascend and makes one
///                   transaction of them, `load()` gives a vector, `pragma(name)` a setting; `name` is the side's.
template <class Database> class by_structs final : public side {
public:
    by_structs(const scratch_folder& folder, const std::string& like)
        : path_(folder.file(std::string(Database::name) + ".db")) {
        make_file(path_, like);
        const std::string theirs = settings_of_store(like);
        db_.emplace(path_);
        const std::string these = settings_by([this](const std::string& pragma) { return db_->pragma(pragma); });
        require(these == theirs, std::string(name()) + " has other settings: " + these + "; the store: " + theirs);
    }

    [[nodiscard]] const char* name() const override { return Database::name; }
    [[nodiscard]] const std::string& path() const override { return path_; }
    void open() override { db_.emplace(path_); }
    void close() override { db_.reset(); }

    /// Rows are written fastest in the order of their keys; new ones have it already.
    [[nodiscard]] double write(operation what, std::span<const change> changes) override {
        changes_.assign(changes.begin(), changes.end());
        return timed([&] {
            if (what != operation::insert)
                std::sort(changes_.begin(), changes_.end(),
                          [](const change& a, const change& b) { return a.id < b.id; });
            db_->write(what, changes_);
        });
    }
    [[nodiscard]] double load(row_check& check) override {
        std::vector<character> rows;
        const double took = timed([&] {
            Database db(path_);
            rows = db.load();
        });
        for (const character& row : rows) check.take(row);
        return took;
    }

private:
    std::string path_;
    std::optional<Database> db_{};
    std::vector<change> changes_{};
};

} // namespace bench
