// SPDX-License-Identifier: MIT
#include "worlds/model.hpp"

namespace holdfast::test::worlds {

const record* model::find(int side, std::int64_t key) const {
    const auto found = of(side).find(same_key(key));
    return found == of(side).end() ? nullptr : &found->second;
}

std::int64_t model::same_key(std::int64_t key) const {
    if (is_.nocase && is_.key == key_kind::text) return key / 2;
    if (is_.nocase && is_.key == key_kind::pair && !is_.named) return key / 3 / 2 * 3 + key % 3;
    return key;
}
std::optional<std::int64_t> model::same_self(const record& row) const {
    if (!row.self || self_by_tag()) return row.self;
    return same_key(*row.self);
}
std::string model::same_text(std::string_view text) const {
    std::string same(text);
    if (is_.nocase)
        for (char& c : same)
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return same;
}

bool model::limits_allow(const record& row) const {
    switch (is_.limit) {
    case limit_kind::none: return true;
    case limit_kind::least: return row.gold >= 0;
    case limit_kind::least_and_most: return row.gold >= 0 && row.level <= 8;
    case limit_kind::check: return row.gold >= -5 * row.level && (row.level != 7 || row.parent || row.self);
    }
    return false;
}
bool model::same_unique(const record& a, const record& b) const {
    switch (is_.unique) {
    case unique_kind::none: return false;
    case unique_kind::text: return same_text(a.text) == same_text(b.text);
    case unique_kind::text_and_level: return a.level == b.level && same_text(a.text) == same_text(b.text);
    case unique_kind::tag: return a.tag && a.tag == b.tag;
    }
    return false;
}

bool model::refers_to_parent(const record& child, const record& parent) const {
    return is_.parent != parent_kind::none && child.parent && same_key(*child.parent) == same_key(parent.key);
}
bool model::refers_to_own(const record& from, const record& to) const {
    if (is_.self == self_kind::none || !from.self) return false;
    return self_by_tag() ? from.self == to.tag : same_key(*from.self) == same_key(to.key);
}

/// The row may be a new one, or take the place of the one with its key.
bool model::leads_nowhere(int side, const record& row) const {
    if (side == 1 && is_.parent != parent_kind::none && row.parent && find(0, *row.parent) == nullptr) return true;
    if (is_.self == self_kind::none || !row.self) return false;
    // To itself a row refers to the letter, whatever the case is worth to others.
    if (self_by_tag() ? row.self == row.tag : row.self == row.key) return false;
    for (const auto& [key, other] : of(side))
        if (key != same_key(row.key) && refers_to_own(row, other)) return false;
    return true;
}

reasons model::against(int side, const record& row) const {
    reasons no;
    if (!limits_allow(row)) no.insert(errc::refused);
    for (const auto& [key, other] : of(side))
        if (key != same_key(row.key) && same_unique(row, other)) no.insert(errc::taken);
    if (!(is_.deferred && open != 0) && leads_nowhere(side, row)) no.insert(errc::reference);
    return no;
}

reasons model::against_insert(int side, const record& row) const {
    reasons no = against(side, row);
    if (find(side, row.key) != nullptr) no.insert(errc::taken);
    if (is_.capacity && of(side).size() >= most_rows) no.insert(errc::full);
    return no;
}

/// Whether nobody refers to a tag that changes, but a row to itself that refers elsewhere at the same time.
bool model::keeps_tag(int side, const record& before, const record& after) const {
    if (before.tag == after.tag) return true;
    for (const auto& [key, other] : of(side)) {
        if (!refers_to_own(other, before)) continue;
        if (key != same_key(before.key) || before.self == after.self) return false;
    }
    return true;
}

reasons model::against_change(int side, const record& after) const {
    const record& before = *find(side, after.key);
    if (before == after) return {};
    reasons no = against(side, after);
    const bool kept = before.key == after.key && (!is_.auto_id || key_is_auto() || before.serial == after.serial) &&
                      (!is_.times || (before.made == after.made && before.touched == after.touched));
    if (!kept) no.insert(errc::refused);
    if (self_by_tag() && !keeps_tag(side, before, after)) no.insert(errc::reference);
    return no;
}

bool model::is_stored_change(record before, const record& after) const {
    if (is_.transient) before.extra = after.extra;
    return before != after;
}
void model::change(int side, record after, std::int64_t now) {
    record& row = all(side).at(same_key(after.key));
    if (is_.times && is_stored_change(row, after)) after.touched = now;
    row = std::move(after);
}

std::set<model::place> model::erased_with(int side, std::int64_t key) const {
    std::set<place> gone{{side, same_key(key)}};
    for (std::size_t before = 0; before != gone.size();) {
        before = gone.size();
        const std::set<place> known = gone;
        for (int s = 0; s < 2; ++s)
            for (const auto& [id, row] : of(s))
                for (const auto& [from, erased] : known) {
                    const record& target = of(from).at(erased);
                    if (s == from && is_.self == self_kind::cascade && refers_to_own(row, target)) gone.emplace(s, id);
                    if (s == 1 && from == 0 && is_.parent == parent_kind::cascade && refers_to_parent(row, target))
                        gone.emplace(s, id);
                }
    }
    return gone;
}

record model::emptied(int side, record row, const std::set<place>& gone) const {
    for (const auto& [from, erased] : gone) {
        const record& target = of(from).at(erased);
        if (side == 1 && from == 0 && is_.parent == parent_kind::set_null && refers_to_parent(row, target))
            row.parent.reset();
        if (side == from && is_.self == self_kind::set_null && refers_to_own(row, target)) row.self.reset();
    }
    return row;
}

reasons model::against_erase(int side, std::int64_t key) const {
    if (find(side, key) == nullptr) return {errc::not_found};
    const auto gone = erased_with(side, key);
    reasons no;
    for (int s = 0; s < 2; ++s)
        for (const auto& [id, row] : of(s)) {
            if (gone.contains({s, id})) continue;
            if (!limits_allow(emptied(s, row, gone))) no.insert(errc::refused);
            if (s == 0 || is_.parent != parent_kind::restrict || (is_.deferred && open != 0)) continue;
            for (const auto& [from, erased] : gone)
                if (from == 0 && refers_to_parent(row, of(0).at(erased))) no.insert(errc::reference);
        }
    return no;
}

void model::erase(int side, std::int64_t key, std::int64_t now) {
    const auto gone = erased_with(side, key);
    const model before = *this;
    for (int s = 0; s < 2; ++s)
        for (const auto& [id, row] : before.of(s))
            if (gone.contains({s, id}))
                all(s).erase(id);
            else
                change(s, before.emptied(s, row, gone), now);
}

bool model::dangles() const {
    for (int side = 0; side < 2; ++side)
        for (const auto& [key, row] : of(side))
            if (leads_nowhere(side, row)) return true;
    return false;
}

void model::forget_transient() {
    if (!is_.transient) return;
    for (int side = 0; side < 2; ++side)
        for (auto& [key, row] : all(side)) row.extra = 0;
}

} // namespace holdfast::test::worlds
