// SPDX-License-Identifier: MIT
/// @file
/// A struct that knows which of its fields changed, for those who bring their own storage.
#pragma once

#include <holdfast/reflect/parameter.hpp>
#include <holdfast/reflect/row_info.hpp>

#include <bitset>
#include <tuple>
#include <utility>

namespace holdfast {
namespace detail {

/// Whether a table would need an option for a field: hf::json or hf::transient, which `tracked` has not.
template <class Field> consteval bool needs_option() {
    if constexpr (stored_field<Field>)
        return false;
    else if constexpr (is_optional<Field>)
        return needs_option<typename Field::value_type>() || std::is_aggregate_v<typename Field::value_type>;
    else if constexpr (reflectable<Field>)
        return []<std::size_t... I>(std::index_sequence<I...>) {
            return (needs_option<field_type<Field, I>>() || ...);
        }(std::make_index_sequence<field_count<Field>>{});
    else
        return std::is_pointer_v<Field> || std::is_member_pointer_v<Field> || std::is_union_v<Field> ||
               (std::is_class_v<Field> && !std::is_aggregate_v<Field> && !is_string_view<Field> &&
                !real_duration<Field> && !time_point_like<Field>);
}

/// Refuses what cannot be tracked with a sentence of its own where that of a table would name an option.
template <class T> consteval bool check_tracked() {
    if constexpr (needs_option<T>() && std::is_aggregate_v<T>) {
        static_assert(!std::is_same_v<T, T>,
                      "[holdfast] tracked: this struct has a field without a column of its own (a container, a "
                      "variant, a pointer, an optional struct, a type that is not documented): leave it out of the "
                      "struct, or specialize holdfast::conversion for its type");
        return false;
    } else {
        return check_row<T>();
    }
}

} // namespace detail

/// A value of the aggregate `T` and a mark for each of its columns (nested structs flattened, as in a table): set when
/// the column gets another value, cleared by `clear`. The struct is read as it is, and changed only through here.
///
///     hf::tracked<character> aria{{.name = "Aria"}};
///     aria.set<&character::gold>(70);
///     aria.for_each_changed([](const hf::column& field, const hf::cell& value) { /* gold, 70 */ });
///     aria.clear();
///
/// Its fields are those that a table stores without an option: no containers (hf::json is for tables), and no field of
/// any type that is in memory only (hf::transient is for tables too).
///
/// Cost: one bit for each column beside the value; a change costs a comparison and a store.
/// Threads: one at a time.
template <class T> class tracked {
    static_assert(detail::check_tracked<T>() || true); // what is wrong was said inside

public:
    tracked() = default;
    /// Nothing of it is marked.
    explicit tracked(T value) : value_(std::move(value)) {}

    /// The value, to read.
    [[nodiscard]] const T& operator*() const noexcept { return value_; }
    /// The same.
    [[nodiscard]] const T* operator->() const noexcept { return &value_; }

    /// Sets one field: `set<&character::level>(2)`, `set<&character::pos, &position::x>(1.5)`. What is equal already is not
    /// marked.
    template <auto... Steps> void set(detail::parameter_t<typename path_through<Steps...>::field> value) {
        using target = path_through<Steps...>;
        static_assert(check_path<target>());
        typename target::field copy(value);
        take<target>(copy);
    }

    /// Changes the named fields: `fn` gets a copy of each by reference. When it throws, nothing has changed.
    template <auto... Members, class Function>
        requires(sizeof...(Members) > 0)
    void update(Function&& fn) {
        static_assert((check_path<path_of<Members>>() && ...));
        std::tuple<typename path_of<Members>::field...> copies(take_copy<path_of<Members>>()...);
        std::apply(std::forward<Function>(fn), copies);
        take_all<path_of<Members>...>(copies);
    }
    /// Changes any fields: `fn` gets a copy of the whole struct, which is compared afterwards.
    template <class Function> void update(Function&& fn) {
        T copy = value_;
        std::forward<Function>(fn)(copy);
        for (std::size_t c = 0; c < row_columns<T>; ++c) take_column(c, columns()[c].in(&copy));
    }

    /// Whether anything changed since `clear`.
    [[nodiscard]] bool changed() const noexcept { return marks_.any(); }
    /// Whether this field changed since `clear`, or one inside it.
    template <auto... Steps>
    [[nodiscard]] bool changed() const noexcept
        requires(sizeof...(Steps) > 0)
    {
        using target = path_through<Steps...>;
        static_assert(check_path<target>());
        for (std::size_t c = 0; c < path_columns<target>; ++c)
            if (marks_[first_column<target> + c]) return true;
        return false;
    }

    /// Calls `fn(const column&, const cell&)` for every column that changed, in the order of the struct. A cell's text
    /// and bytes are those of the struct.
    template <class Function> void for_each_changed(Function&& fn) const {
        for (std::size_t c = 0; c < row_columns<T>; ++c)
            if (marks_[c]) fn(columns()[c], columns()[c].get(&value_));
    }

    /// Nothing has changed any more; or (`mark_all`) everything has, as in a struct that nobody has stored yet.
    void clear() noexcept { marks_.reset(); }
    /// As of a struct that nobody has stored yet.
    void mark_all() noexcept { marks_.set(); }

private:
    template <class Path> static consteval bool check_path() {
        static_assert(std::is_same_v<typename Path::root, T>,
                      "[holdfast] this member belongs to another struct; one inside a nested struct is named by its "
                      "path");
        return true;
    }
    [[nodiscard]] static const std::vector<column>& columns() { return row_info_of<T>().columns; }

    template <class Path> [[nodiscard]] typename Path::field take_copy() const { return Path::in(value_); }
    template <class... Paths> void take_all(std::tuple<typename Paths::field...>& copies) {
        std::apply([&](auto&... copy) { (take<Paths>(copy), ...); }, copies);
    }
    template <class Path> void take(typename Path::field& copy) {
        const auto* field = reinterpret_cast<const std::byte*>(std::addressof(Path::in(value_)));
        const auto* start = reinterpret_cast<const std::byte*>(&value_);
        for (std::size_t c = first_column<Path>; c < first_column<Path> + path_columns<Path>; ++c)
            take_column(c, reinterpret_cast<std::byte*>(std::addressof(copy)) + (start + columns()[c].offset - field));
    }
    void take_column(std::size_t c, void* from) {
        const column& is = columns()[c];
        if (is.ops->same(is.in(&value_), from)) return;
        is.ops->swap(is.in(&value_), from);
        marks_.set(c);
    }

    T value_{};
    std::bitset<row_columns<T>> marks_;
};

} // namespace holdfast
