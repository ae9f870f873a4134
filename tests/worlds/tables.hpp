// SPDX-License-Identifier: MIT
/// @file
/// From a choice to the types of its world: the struct of its rows, and the two tables with their options.
#pragma once

#include "worlds/rows.hpp"

#include <type_traits>

namespace holdfast::test::worlds {

template <class... Options> struct list {};
template <bool On, class... Options> using when = std::conditional_t<On, list<Options...>, list<>>;

template <class Row, class Made, class... Lists> struct joined;
template <class Row, class... Made> struct joined<Row, list<Made...>> {
    using type = table<Row, Made...>;
};
template <class Row, class... Made, class... More, class... Lists>
struct joined<Row, list<Made...>, list<More...>, Lists...> : joined<Row, list<Made..., More...>, Lists...> {};

/// The two types of a key's fields; the second is part of the key only where that is a pair.
template <key_kind Key, bool Named> struct key_types {
    using first = std::int64_t;
    using second = std::int32_t;
};
template <bool Named> struct key_types<key_kind::strong, Named> {
    using first = item_id;
    using second = std::int32_t;
};
template <bool Named> struct key_types<key_kind::text, Named> {
    using first = std::string;
    using second = std::int32_t;
};
template <bool Named> struct key_types<key_kind::uuid, Named> {
    using first = uuid;
    using second = std::int32_t;
};
template <bool Named> struct key_types<key_kind::pair, Named> {
    using first = std::conditional_t<Named, sort, std::int32_t>;
    using second = std::conditional_t<Named, std::int32_t, std::string>;
};

template <choice C> struct schema {
    using first = typename key_types<C.key, C.named>::first;
    using second = typename key_types<C.key, C.named>::second;
    static constexpr bool is_pair = C.key == key_kind::pair;
    static constexpr bool self_by_tag = C.unique == unique_kind::tag;
    static constexpr bool key_is_number = C.key == key_kind::number || C.key == key_kind::strong;
    static constexpr bool key_is_auto = C.auto_id && key_is_number;
    static constexpr checking checked = C.deferred ? deferred : checking::immediate;
    static constexpr on_delete parent_action = C.parent == parent_kind::cascade    ? on_delete::cascade
                                               : C.parent == parent_kind::set_null ? on_delete::set_null
                                                                                   : on_delete::restrict;
    static constexpr on_delete self_action = C.self == self_kind::set_null ? on_delete::set_null : on_delete::cascade;

    using self_type = std::conditional_t<self_by_tag, std::int64_t, first>;
    using row = item<first, second, self_type, std::conditional_t<C.conversion, coins, std::int64_t>,
                     std::conditional_t<C.transient, scratch, std::int32_t>>;

    using key_options =
        std::conditional_t<is_pair, list<primary_key<&row::key, &row::part>>, list<primary_key<&row::key>>>;
    template <bool IsKey, class Field, class... Options>
    using if_text = when<IsKey && C.nocase && std::is_same_v<Field, std::string>, Options...>;
    using unique_options = std::conditional_t<
        C.unique == unique_kind::text, list<unique<&row::text>>,
        std::conditional_t<C.unique == unique_kind::text_and_level, list<unique<&row::text, &row::level>>,
                           when<C.unique == unique_kind::tag, unique<&row::tag>>>>;
    static constexpr bool hashed = C.index == index_kind::hash || C.index == index_kind::both;
    static constexpr bool text_is_key =
        C.unique == unique_kind::text || C.unique == unique_kind::text_and_level || hashed;
    static constexpr bool sorted = C.index == index_kind::ordered || C.index == index_kind::both;

    template <fixed_string Parents>
    using parent_options =
        std::conditional_t<is_pair,
                           list<references<fields<&row::parent, &row::parent_part>, fields<&row::key, &row::part>,
                                           Parents, parent_action, checked>>,
                           list<references<&row::parent, &row::key, Parents, parent_action, checked>>>;
    template <fixed_string Own> static auto self_options() {
        if constexpr (C.self == self_kind::none)
            return list<>{};
        else if constexpr (self_by_tag)
            return list<references<&row::self, &row::tag, Own, self_action, checked>>{};
        else if constexpr (is_pair)
            return list<references<fields<&row::self, &row::self_part>, fields<&row::key, &row::part>, Own, self_action,
                                   checked>>{};
        else
            return list<references<&row::self, &row::key, Own, self_action, checked>>{};
    }
    static auto limit_options() {
        if constexpr (C.limit == limit_kind::least)
            return list<at_least<&row::gold, 0>>{};
        else if constexpr (C.limit == limit_kind::least_and_most)
            return list<at_least<&row::gold, 0>, at_most<&row::level, 8>>{};
        else if constexpr (C.limit == limit_kind::check)
            return list<check<"sane", &row::sane, &row::gold, &row::level>,
                        check<"held", &row::held, &row::level, &row::parent, &row::self>>{};
        else
            return list<>{};
    }

    static constexpr bool has_parents = C.parent != parent_kind::none;

    template <fixed_string Own, class... Others>
    using table_of = typename joined<
        row, key_options, Others..., decltype(self_options<Own>()), unique_options, decltype(limit_options()),
        when<hashed, index<&row::level>, index<&row::text, &row::kind>>, when<sorted, ordered<&row::level>>,
        when<C.index == index_kind::both, ordered<&row::text, &row::level>>,
        when<C.auto_id && key_is_auto, auto_id<&row::key>>, when<C.auto_id && !key_is_auto, auto_id<&row::serial>>,
        if_text<text_is_key, std::string, nocase<&row::text>>, if_text<true, first, nocase<&row::key>>,
        if_text<true, second, nocase<&row::part>>,
        if_text<has_parents && (sizeof...(Others) > 0), first, nocase<&row::parent>>,
        if_text<has_parents && (sizeof...(Others) > 0), second, nocase<&row::parent_part>>,
        if_text<C.self != self_kind::none, self_type, nocase<&row::self>>,
        if_text<C.self != self_kind::none && !self_by_tag, second, nocase<&row::self_part>>,
        when<C.capacity, capacity<most_rows>>, when<C.times, created_at<&row::made>, updated_at<&row::touched>>,
        when<C.transient, transient<&row::extra>>,
        when<C.renamed, column_name<&row::grade, "order">, column_name<&row::text, "Text of it">,
             column_name<&row::key, "group">>,
        when<C.named, by_name<&row::kind>>>::type;

    struct world {
        table_of<"parents"> parents;
        table_of<"children", std::conditional_t<C.parent == parent_kind::none, list<>, parent_options<"parents">>>
            children;
    };
};

} // namespace holdfast::test::worlds
