// SPDX-License-Identifier: MIT
/// @file
/// Which indexes a table's options ask for, worked out while compiling: what a search by some fields uses,
/// and which changes can be refused.
#pragma once

#include <holdfast/table/option_of.hpp>

namespace holdfast {
namespace detail {

/// The indexes of a table, as constants: the primary key, then unique ones, then others, then those that
/// references imply; one index for the same columns. Last come the ordered ones, which are apart from all others.
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

    static constexpr std::size_t references = [] {
        std::size_t count = 0;
        [[maybe_unused]] const auto look = [&]<class Option>() {
            if constexpr (Option::is_key) count += Option::key.role == index_description::role::reference ? 1 : 0;
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
            [[maybe_unused]] const auto add = [&]<class Option>() {
                if constexpr (Option::is_key) {
                    if (wanted(Option::key.role)) {
                        bool there = false;
                        for (std::size_t i = 0; i < made.count; ++i)
                            there = there || (made.keys[i].same_columns(Option::key) &&
                                              made.keys[i].ordered() == Option::key.ordered());
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
        pass([](role r) { return r == role::ordered; });
        return made;
    }();

    /// The index over exactly these columns, ordered or not; npos when there is none.
    static constexpr std::size_t find(const key_columns& wanted) {
        for (std::size_t i = 0; i < all.count; ++i)
            if (all.keys[i].same_columns(wanted) && all.keys[i].ordered() == wanted.ordered()) return i;
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
    /// Whether a change of the column can be refused: by uniqueness, a reference, a limit or a check.
    static constexpr bool refusable(std::size_t column) {
        using role = index_description::role;
        for (std::size_t i = 0; i < all.count; ++i)
            for (std::size_t c = 0; c < all.keys[i].count; ++c)
                if (all.keys[i].columns[c] == column && all.keys[i].role != role::index && !all.keys[i].ordered())
                    return true;
        bool found = false;
        [[maybe_unused]] const auto look = [&]<class Option>() {
            if constexpr (Option::is_key)
                if (Option::key.role == role::reference)
                    for (std::size_t c = 0; c < Option::key.count; ++c)
                        found = found || Option::key.columns[c] == column;
            found = found || Option::refuses(column);
        };
        (look.template operator()<option_of<Row, Options>>(), ...);
        return found;
    }
};

/// Whether `is(role, column)` is true of a column of a key or an index.
template <class Row, class... Options, class Predicate> constexpr bool any_key_column(Predicate is) {
    bool found = false;
    [[maybe_unused]] const auto look = [&]<class Option>() {
        if constexpr (Option::is_key)
            for (std::size_t c = 0; c < Option::key.count; ++c)
                found = found || is(Option::key.role, Option::key.columns[c]);
    };
    (look.template operator()<option_of<Row, Options>>(), ...);
    return found;
}

/// Whether `is(column)` is true of a column that a limit or a check looks at.
template <class Row, class... Options, class Predicate> constexpr bool any_checked_column(Predicate is) {
    for (std::size_t c = 0; c < row_columns<Row>; ++c)
        if (((option_of<Row, Options>::refuses(c) && !option_of<Row, Options>::in_json(c)) || ...) && is(c))
            return true;
    return false;
}

/// Whether a unique index has a column of which `is(column)` is true, and which cannot be empty.
template <class Row, class... Options, class Predicate> constexpr bool any_needed_column(Predicate is) {
    bool found = false;
    [[maybe_unused]] const auto look = [&]<class Option>() {
        if constexpr (Option::is_key)
            for (std::size_t c = 0; c < row_columns<Row>; ++c)
                found = found || (Option::key.role == index_description::role::unique && Option::needs(c) && is(c));
    };
    (look.template operator()<option_of<Row, Options>>(), ...);
    return found;
}

/// Refuses keys, references and checks of fields that change by themselves, or that are not in the file.
template <class Row, class... Options> consteval void check_lasting() {
    using role = index_description::role;
    constexpr auto transient = [](std::size_t c) {
        return ((option_of<Row, Options>::unstored(c) && !option_of<Row, Options>::in_json(c)) || ...);
    };
    constexpr bool key = any_key_column<Row, Options...>(
        [=](role is, std::size_t c) { return is == role::primary_key && transient(c); });
    constexpr bool reference =
        any_key_column<Row, Options...>([=](role is, std::size_t c) { return is == role::reference && transient(c); });
    constexpr auto stamped = [](std::size_t c) { return (option_of<Row, Options>::stamps(c) || ...); };
    constexpr bool changing = any_key_column<Row, Options...>(
        [=](role is, std::size_t c) { return is != role::index && is != role::ordered && stamped(c); });
    static_assert(!changing && !any_checked_column<Row, Options...>(stamped),
                  "[holdfast] updated_at: the field changes with every change of the row, so it cannot be part "
                  "of a key, a unique index, a reference or a check");
    static_assert(!key, "[holdfast] a primary key cannot be transient: it is how the file knows the row");
    static_assert(!reference, "[holdfast] references: a transient field cannot refer to a row: it is not in "
                              "the file");
    static_assert(!any_needed_column<Row, Options...>(transient),
                  "[holdfast] unique: a transient field is the same in every row after a restart: only an "
                  "optional can be both, and is empty then");
    constexpr bool late = any_key_column<Row, Options...>([](role is, [[maybe_unused]] std::size_t c) {
        return is != role::index && is != role::ordered && (option_of<Row, Options>::later(c) || ...);
    });
    static_assert(!late,
                  "[holdfast] saved_every: not for a field of a key, a unique index or a reference: what a row is "
                  "known by, and belongs to, is saved with the tick");
    constexpr bool checked = any_checked_column<Row, Options...>(transient);
    static_assert(!checked, "[holdfast] at_least, at_most, check: not for a transient field, which is what its "
                            "initializer makes it after a restart");
}

/// Refuses `nocase` where no key compares the text.
template <class Row, class... Options> consteval bool check_nocase() {
    constexpr bool compared = [] {
        if (!(option_of<Row, Options>::names_columns && ...)) return true;
        for (std::size_t c = 0; c < row_columns<Row>; ++c)
            if ((option_of<Row, Options>::nocase(c) || ...) &&
                !any_key_column<Row, Options...>([c](index_description::role, std::size_t part) { return part == c; }))
                return false;
        return true;
    }();
    static_assert(compared, "[holdfast] nocase: the field is in no key and no index, so nothing compares it: add "
                            "hf::unique, hf::index or hf::ordered of it, or leave hf::nocase away");
    return compared;
}

/// Refuses a table without a primary key, or with two, and fields that cannot be part of a key. One sentence.
template <class Row, class... Options> consteval bool check_keys() {
    using role = index_description::role;
    constexpr std::size_t count = key_set<Row, Options...>::primary_keys;
    constexpr std::size_t ids = (std::size_t{0} + ... + (option_of<Row, Options>::is_auto_id ? 1 : 0));
    constexpr auto json = [](role, [[maybe_unused]] std::size_t c) {
        return (option_of<Row, Options>::in_json(c) || ...);
    };
    if constexpr (!((option_of<Row, Options>::is_option && option_of<Row, Options>::names_columns) && ...)) {
        return false;
    } else if constexpr (count != 1) {
        static_assert(count != 0, "[holdfast] this table has no primary key: add hf::primary_key<&row::field>");
        static_assert(count == 0, "[holdfast] this table has two primary keys: a key of several fields is one "
                                  "hf::primary_key<&row::a, &row::b>");
    } else {
        constexpr bool real = (option_of<Row, Options>::is_real || ...);
        static_assert(!real, "[holdfast] a float cannot be a key: rounding decides what is equal. Use an integer of a "
                             "fixed unit");
        static_assert(ids < 2, "[holdfast] this table has two auto_id fields: one of them gets the number");
        if constexpr (any_key_column<Row, Options...>(json)) {
            static_assert(count == 0, "[holdfast] a field that is stored as JSON cannot be part of a key or an index: "
                                      "give it columns of its own, or copy what is looked for into a field");
        } else {
            check_lasting<Row, Options...>();
            if constexpr (!real) check_nocase<Row, Options...>();
        }
        return !real;
    }
    return false;
}

/// Refuses two columns that SQLite cannot tell apart.
template <class Row, class... Options> consteval bool check_column_names() {
    if constexpr (reflectable<Row> && row_columns<Row> <= max_columns) {
        constexpr bool apart = [] {
            std::array<std::uint64_t, row_columns<Row>> names{};
            constexpr std::array<column_naming, sizeof...(Options)> namings{option_of<Row, Options>::naming()...};
            hash_writer{.hashes = names.data(), .namings = namings}.template add_fields<Row>(0);
            for (std::size_t i = 1; i < names.size(); ++i)
                for (std::size_t other = 0; other < i; ++other)
                    if (names[i] == names[other] && !(option_of<Row, Options>::covers(i) || ...) &&
                        !(option_of<Row, Options>::covers(other) || ...))
                        return false;
            return true;
        }();
        static_assert(apart, "[holdfast] two fields of this row make columns of one name (a nested field joins the "
                             "names with _, and case does not count): rename one, or add hf::column_name");
    }
    return true;
}

} // namespace detail
} // namespace holdfast
