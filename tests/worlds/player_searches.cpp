// SPDX-License-Identifier: MIT
/// @file
/// The comparisons of a world with its model: its rows, and what each index answers.
#include "support/catch.hpp"
#include "worlds/player.hpp"

#include <algorithm>

namespace holdfast::test::worlds {

namespace {

[[nodiscard]] std::vector<record> by_key(std::vector<record> rows) {
    std::sort(rows.begin(), rows.end(), [](const record& a, const record& b) { return a.key < b.key; });
    return rows;
}

} // namespace

void player::compare_rows(int side) {
    const auto found = world_.table(side).rows();
    if (found.size() != must_.of(side).size()) FAIL("side " << side << " has another number of rows");
    for (const record& row : found) {
        const record* must = must_.find(side, row.key);
        if (must == nullptr || !(*must == row)) FAIL("side " << side << ", row " << row.key << " is another one");
    }
}

void player::compare(thorough how) {
    for (int side = 0; side < 2; ++side) {
        compare_rows(side);
        for (const auto& [key, row] : must_.of(side)) {
            if (how == thorough::no && any(10) != 0) continue;
            const std::int64_t asked = is_.nocase && any(2) == 0 ? other_case(row.key) : row.key;
            const auto found = world_.table(side).find(asked);
            if (!found || !(*found == row)) FAIL("find(" << asked << ") finds another row");
            search(side, row);
        }
        search(side, drawn(side));
        for (const field by : {field::level, field::text}) walk(side, by);
    }
}

void player::search(int side, const record& like) {
    search_unique(side, like);
    for (const field by : {field::parent, field::self, field::level, field::kind}) search_index(side, by, like);
}

void player::search_unique(int side, const record& like) {
    if (is_.unique == unique_kind::none || (is_.unique == unique_kind::tag && !like.tag)) return;
    const bool by_tag = is_.unique == unique_kind::tag;
    std::optional<record> must;
    for (const auto& [key, row] : must_.of(side))
        if (by_tag ? row.tag == like.tag
                   : must_.same_text(row.text) == must_.same_text(like.text) &&
                         (is_.unique == unique_kind::text || row.level == like.level))
            must = row;
    if (world_.table(side).find_by(like) != must) FAIL("find_by finds another row");
}

void player::search_index(int side, field by, const record& like) {
    const auto found = world_.table(side).where(by, like);
    if (!found) return;
    const auto fits = [&](const record& row) {
        if (by == field::parent)
            return row.parent.has_value() == like.parent.has_value() &&
                   (!row.parent || must_.same_key(*row.parent) == must_.same_key(*like.parent));
        if (by == field::self) return must_.same_self(row) == must_.same_self(like);
        if (by == field::level) return row.level == like.level;
        return row.kind == like.kind && must_.same_text(row.text) == must_.same_text(like.text);
    };
    std::vector<record> must;
    for (const auto& [key, row] : must_.of(side))
        if (fits(row)) must.push_back(row);
    CAPTURE(static_cast<int>(by));
    if (by_key(*found) != by_key(must)) FAIL("where finds other rows");
}

void player::walk(int side, field by) {
    span_of_rows of;
    if (any(3) != 0) of.from = drawn(side);
    if (any(3) != 0) of.to = drawn(side);
    if (any(2) == 0) of.are = span_of_rows::ends::open;
    if (any(2) == 0) of.goes = span_of_rows::direction::down;
    const auto found = world_.table(side).ordered(by, of);
    if (!found) return;
    const auto compared = [&](const record& a, const record& b) { // as the index's first field has it
        if (by == field::level) return a.level < b.level ? -1 : a.level > b.level ? 1 : 0;
        return must_.same_text(a.text).compare(must_.same_text(b.text));
    };
    const auto less = [&](const record& a, const record& b) {
        const int order = compared(a, b);
        return order != 0 ? order < 0 : by == field::text && a.level < b.level;
    };
    std::vector<record> must;
    const int least = of.are == span_of_rows::ends::open ? 1 : 0;
    for (const auto& [key, row] : must_.of(side))
        if ((!of.from || compared(row, *of.from) >= least) && (!of.to || compared(*of.to, row) >= least))
            must.push_back(row);
    const bool down = of.goes == span_of_rows::direction::down;
    const auto before = [&](const record& a, const record& b) { return down ? less(b, a) : less(a, b); };
    CAPTURE(static_cast<int>(by));
    if (by_key(*found) != by_key(must)) FAIL("ordered_by has other rows");
    if (!std::is_sorted(found->begin(), found->end(), before)) FAIL("ordered_by has another order");
}

} // namespace holdfast::test::worlds
