// SPDX-License-Identifier: MIT
/// @file
/// Which indexes a table's options ask for, worked out while compiling: what a search by some fields uses,
/// and which changes can be refused.
#pragma once

#include <holdfast/table/options.hpp>

namespace holdfast {
namespace detail {

/// Whether an option can refuse a change of the column.
template <class Option> struct option_limits {
    static constexpr bool touches(std::size_t) { return false; }
};
template <auto Member, std::int64_t Least> struct option_limits<at_least<Member, Least>> {
    static constexpr bool touches(std::size_t column) { return column == first_column<path_of<Member>>; }
};

/// Whether an option gives the column its ids.
template <class Option> struct gives_id {
    static constexpr bool to(std::size_t) { return false; }
};
template <auto Member> struct gives_id<auto_id<Member>> {
    static constexpr bool to(std::size_t column) { return column == first_column<path_of<Member>>; }
};

/// The indexes of a table, as constants: the primary key, then unique ones, then others, then those that
/// references imply; one index for the same columns.
template <class Row, class... Options> struct key_set {
    static constexpr std::size_t options_with_keys = (std::size_t{0} + ... + (option_of<Row, Options>::is_key ? 1 : 0));
    static constexpr std::size_t primary_keys = [] {
        std::size_t count = 0;
        [[maybe_unused]] const auto look = [&]<class Option>() {
            if constexpr (Option::is_key) count += Option::key.role == index_description::role::primary_key ? 1 : 0;
        };
        (look.template operator()<option_of<Row, Options>>(), ...);
        return count;
    }();

    struct list {
        std::array<key_columns, options_with_keys> keys{};
        std::array<std::size_t, sizeof...(Options)> of_option{}; ///< Which index each option made; npos for none.
        std::size_t count = 0;
    };
    static constexpr std::size_t npos = static_cast<std::size_t>(-1);

    static constexpr list all = [] {
        list made;
        made.of_option.fill(npos);
        const auto pass = [&](auto wanted) {
            std::size_t option = 0;
            const auto add = [&]<class Option>() {
                if constexpr (Option::is_key) {
                    if (wanted(Option::key.role)) {
                        bool there = false;
                        for (std::size_t i = 0; i < made.count; ++i)
                            there = there || made.keys[i].same_columns(Option::key);
                        if (!there) {
                            made.of_option[option] = made.count;
                            made.keys[made.count++] = Option::key;
                        }
                    }
                }
                ++option;
            };
            (add.template operator()<option_of<Row, Options>>(), ...);
        };
        using role = index_description::role;
        pass([](role r) { return r == role::primary_key; });
        pass([](role r) { return r == role::unique; });
        pass([](role r) { return r == role::index; });
        pass([](role r) { return r == role::reference; });
        return made;
    }();

    /// The index over exactly these columns; npos when there is none.
    static constexpr std::size_t find(const key_columns& wanted) {
        for (std::size_t i = 0; i < all.count; ++i)
            if (all.keys[i].same_columns(wanted)) return i;
        return npos;
    }
    static constexpr bool in_index(std::size_t column) {
        for (std::size_t i = 0; i < all.count; ++i)
            for (std::size_t c = 0; c < all.keys[i].count; ++c)
                if (all.keys[i].columns[c] == column) return true;
        return false;
    }
    static constexpr bool in_primary_key(std::size_t column) {
        if constexpr (primary_keys != 0)
            for (std::size_t c = 0; c < all.keys[0].count; ++c)
                if (all.keys[0].columns[c] == column) return true;
        return false;
    }
    /// Whether a change of the column can be refused: by uniqueness, a reference or a limit.
    static constexpr bool refusable(std::size_t column) {
        for (std::size_t i = 0; i < all.count; ++i)
            for (std::size_t c = 0; c < all.keys[i].count; ++c)
                if (all.keys[i].columns[c] == column && all.keys[i].role != index_description::role::index) return true;
        bool found = false;
        const auto look = [&]<class Option>() {
            if constexpr (Option::is_key)
                if (Option::key.role == index_description::role::reference && Option::key.columns[0] == column)
                    found = true;
        };
        (look.template operator()<option_of<Row, Options>>(), ...);
        ((found = found || option_limits<Options>::touches(column)), ...);
        return found;
    }
};

/// Refuses a table without a primary key, or with two.
template <class Row, class... Options> consteval bool check_keys() {
    constexpr std::size_t count = key_set<Row, Options...>::primary_keys;
    static_assert(count != 0, "[holdfast] this table has no primary key: add hf::primary_key<&row::field>");
    static_assert(count < 2, "[holdfast] this table has two primary keys: a key of several fields is one "
                             "hf::primary_key<&row::a, &row::b>");
    return true;
}

} // namespace detail
} // namespace holdfast
