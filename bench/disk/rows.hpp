// SPDX-License-Identifier: MIT
/// @file
/// The characters as every side should have them, and which of them change next.
#pragma once

#include "disk/characters.hpp"
#include "support/timing.hpp"

#include <algorithm>
#include <random>
#include <utility>
#include <vector>

namespace bench {

/// Rows to change are drawn by lot, always the same ones. Ids are never used again.
class expected_rows {
public:
    /// Makes the next `count` changes, of different rows. What they point to stays until the next call.
    [[nodiscard]] std::vector<change> next(operation what, std::size_t count) {
        ++version_;
        std::vector<std::int64_t> ids = what == operation::insert ? make(count) : draw(count);
        std::vector<change> made;
        for (const std::int64_t id : ids) {
            character& row = at(id);
            if (what == operation::update_all) row = make_character(id, version_);
            if (what == operation::update_one) row.gold += 7;
            made.push_back({id, &row});
        }
        if (what != operation::erase) {
            open_.insert(open_.end(), ids.begin(), ids.end());
            return made;
        }
        for (const std::int64_t id : ids) there_[index(id)] = false;
        count_ -= ids.size();
        return made;
    }

    /// No later change will be of this row.
    void leave_alone(std::int64_t id) { open_.erase(std::remove(open_.begin(), open_.end(), id), open_.end()); }
    /// A row that no later change will be of.
    [[nodiscard]] change spare() {
        const std::int64_t id = draw(1).front();
        return {id, &at(id)};
    }

    [[nodiscard]] std::size_t size() const noexcept { return count_; }
    /// All ids that there were are below this.
    [[nodiscard]] std::size_t end() const noexcept { return rows_.size() + 1; }
    /// Null: there is no such row.
    [[nodiscard]] const character* find(std::int64_t id) const {
        return id >= 1 && index(id) < rows_.size() && there_[index(id)] ? &rows_[index(id)] : nullptr;
    }

private:
    [[nodiscard]] static std::size_t index(std::int64_t id) noexcept { return static_cast<std::size_t>(id - 1); }
    [[nodiscard]] character& at(std::int64_t id) { return rows_[index(id)]; }

    [[nodiscard]] std::vector<std::int64_t> make(std::size_t count) {
        std::vector<std::int64_t> ids;
        for (std::size_t i = 0; i < count; ++i) {
            ids.push_back(static_cast<std::int64_t>(end()));
            rows_.push_back(make_character(ids.back(), 0));
        }
        there_.resize(rows_.size(), true);
        count_ += count;
        return ids;
    }
    /// Takes so many out of those that may change.
    [[nodiscard]] std::vector<std::int64_t> draw(std::size_t count) {
        if (open_.size() < count) throw std::runtime_error("there are not enough rows to draw from");
        std::vector<std::int64_t> ids;
        for (std::size_t i = 0; i < count; ++i) {
            std::swap(open_[random_() % open_.size()], open_.back());
            ids.push_back(open_.back());
            open_.pop_back();
        }
        return ids;
    }

    std::vector<character> rows_{}; ///< The row of id 1 first.
    std::vector<bool> there_{};
    std::vector<std::int64_t> open_{}; ///< The ids of those that may change.
    std::size_t count_ = 0;
    std::int64_t version_ = 0;
    std::mt19937_64 random_{42};
};

/// Compares rows, one by one, in whatever order they come, with those that there should be.
class row_check {
public:
    /// @param of  Whose rows they are.
    row_check(const expected_rows& expected, std::string of)
        : expected_(expected), of_(std::move(of)), seen_(expected.end(), false) {}

    /// The next row is taken with a wrong value.
    void lie() noexcept { lies_ = true; }

    void take(const character& row) {
        if (std::exchange(lies_, false)) {
            character wrong = row;
            wrong.gold += 1;
            return take(wrong);
        }
        const character* should = expected_.find(row.id);
        if (should == nullptr || seen_[static_cast<std::size_t>(row.id)] || !(row == *should)) fail(row, should);
        seen_[static_cast<std::size_t>(row.id)] = true;
        ++count_;
    }
    void end() const { require_equal(count_, expected_.size(), "rows of " + of_); }

private:
    [[noreturn]] void fail(const character& row, const character* should) const {
        const std::string name = "row " + std::to_string(row.id) + " of " + of_;
        require(should != nullptr, name + " should not be there");
        require_equal(row.gold, should->gold, name + ", gold");
        require(row == *should, name + ": a value is wrong");
        throw wrong_answer(name + " is there twice");
    }

    const expected_rows& expected_;
    std::string of_;
    std::vector<bool> seen_;
    std::size_t count_ = 0;
    bool lies_ = false;
};

} // namespace bench
