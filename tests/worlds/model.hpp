// SPDX-License-Identifier: MIT
/// @file
/// What a world of the random test must hold and must refuse, by the simplest code there is: it looks at all rows for
/// everything, and knows the options as values.
#pragma once

#include "worlds/face.hpp"

#include <holdfast/core/error.hpp>

#include <array>
#include <map>
#include <set>
#include <string_view>

namespace holdfast::test::worlds {

/// Why a change must be refused; empty: it must not be.
using reasons = std::set<errc>;

/// See the file's sentence. Sides are 0, the parents, and 1, the children.
class model {
public:
    explicit model(const choice& of) : is_(of) {}

    using rows = std::map<std::int64_t, record>; ///< By `same_key`.
    [[nodiscard]] const rows& of(int side) const { return rows_[static_cast<std::size_t>(side)]; }
    [[nodiscard]] const record* find(int side, std::int64_t key) const;

    // --- what is the same and what comes first -------------------------------------------------------
    [[nodiscard]] bool key_is_auto() const {
        return is_.auto_id && (is_.key == key_kind::number || is_.key == key_kind::strong);
    }
    [[nodiscard]] bool self_by_tag() const { return is_.unique == unique_kind::tag; }
    /// Keys that are one key have one number here.
    [[nodiscard]] std::int64_t same_key(std::int64_t key) const;
    [[nodiscard]] std::optional<std::int64_t> same_self(const record& row) const;
    /// Texts that are one text to an index, and in its order.
    [[nodiscard]] std::string same_text(std::string_view text) const;

    // --- changes: why not, and what then -------------------------------------------------------------
    [[nodiscard]] reasons against_insert(int side, const record& row) const;
    void insert(int side, const record& row) { all(side).emplace(same_key(row.key), row); }

    /// `after` takes the place of the row with its key.
    [[nodiscard]] reasons against_change(int side, const record& after) const;
    void change(int side, record after, std::int64_t now);

    [[nodiscard]] reasons against_erase(int side, std::int64_t key) const;
    void erase(int side, std::int64_t key, std::int64_t now);

    // --- transactions --------------------------------------------------------------------------------
    int open = 0; ///< How many there are.
    /// Whether a reference leads nowhere.
    [[nodiscard]] bool dangles() const;
    /// What a restart leaves of it.
    void forget_transient();

private:
    using place = std::pair<int, std::int64_t>;

    [[nodiscard]] rows& all(int side) { return rows_[static_cast<std::size_t>(side)]; }
    [[nodiscard]] bool limits_allow(const record& row) const;
    [[nodiscard]] bool same_unique(const record& a, const record& b) const;
    [[nodiscard]] bool refers_to_parent(const record& child, const record& parent) const;
    [[nodiscard]] bool refers_to_own(const record& from, const record& to) const;
    [[nodiscard]] bool leads_nowhere(int side, const record& row) const;
    [[nodiscard]] reasons against(int side, const record& row) const;
    [[nodiscard]] bool keeps_tag(int side, const record& before, const record& after) const;
    [[nodiscard]] bool is_stored_change(record before, const record& after) const;
    /// All rows that an erase takes with it.
    [[nodiscard]] std::set<place> erased_with(int side, std::int64_t key) const;
    /// The row without its references to these.
    [[nodiscard]] record emptied(int side, record row, const std::set<place>& gone) const;

    choice is_;
    std::array<rows, 2> rows_{};
};

} // namespace holdfast::test::worlds
