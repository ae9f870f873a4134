// SPDX-License-Identifier: MIT
/// @file
/// The sides together, with the characters that each of them should have.
#pragma once

#include "disk/by_hand.hpp"
#include "disk/by_store.hpp"
#include "disk/lie.hpp"
#ifdef HOLDFAST_BENCH_SQLITECPP
#include "disk/by_sqlitecpp.hpp"
#endif
#ifdef HOLDFAST_BENCH_SOCI
#include "disk/by_soci.hpp"
#endif
#ifdef HOLDFAST_BENCH_SQLITE_ORM
#include "disk/by_sqlite_orm.hpp"
#endif

#include <array>

namespace bench {

/// The same rows on each side, each in a file of its own in one folder.
class disk_sides {
public:
    static constexpr std::array names{"ours", "by-hand", "SQLiteCpp", "SOCI", "sqlite_orm"};
    enum : std::size_t { ours, hand, sqlitecpp, soci, sqlite_orm }; ///< Where each is in `names` and `all`.

    explicit disk_sides(const scratch_folder& folder) {
        by_store::make(folder);
        const std::string like = by_store::path_in(folder);
        all[hand] = std::make_unique<by_structs<by_hand>>(folder, like);
#ifdef HOLDFAST_BENCH_SQLITECPP
        all[sqlitecpp] = std::make_unique<by_structs<by_sqlitecpp>>(folder, like);
#endif
#ifdef HOLDFAST_BENCH_SOCI
        all[soci] = std::make_unique<by_structs<by_soci>>(folder, like);
#endif
#ifdef HOLDFAST_BENCH_SQLITE_ORM
        all[sqlite_orm] = std::make_unique<by_structs<by_sqlite_orm>>(folder, like);
#endif
        all[ours] = std::make_unique<by_store>(folder); // last: its file is the others' model until it is opened
    }

    /// Adds rows, untimed, until there are so many.
    void fill(std::size_t count) {
        if (rows.size() >= count) return;
        const std::vector<change> missing = rows.next(operation::insert, count - rows.size());
        each([&](side& one) { (void)one.write(operation::insert, missing); });
    }

    /// From here on this side, if there is such a one, is given one wrong value.
    void let_lie(const std::string& name, liar::about what) {
        for (auto& one : all) {
            if (one == nullptr || one->name() != name) continue;
            auto lying = std::make_unique<liar>(std::move(one), what, rows);
            liar_ = lying.get();
            one = std::move(lying);
        }
    }
    [[nodiscard]] bool one_has_lied() const noexcept { return liar_ != nullptr && liar_->has_lied(); }

    template <class Function> void each(Function&& use) {
        for (const auto& one : all)
            if (one != nullptr) use(*one);
    }

    /// Every file holds the rows that it should, value by value. Ends the sides.
    void check() {
        each([&](side& one) {
            one.close();
            row_check now(rows, std::string("the file of ") + one.name());
            for (const character& row : by_hand(one.path()).load()) now.take(row);
            now.end();
        });
    }

    std::array<std::unique_ptr<side>, names.size()> all{}; ///< Null: it is not built in.
    expected_rows rows{};

private:
    liar* liar_ = nullptr;
};

} // namespace bench
