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

/// A value of the aggregate `T` and a mark for each of its columns (nested structs flattened, as in a table): set when
/// the column gets another value, cleared by `clear`. The struct is read as it is, and changed only through here.
///
///     hf::tracked<character> aria{{.name = "Aria"}};
///     aria.set<&character::gold>(70);
///     aria.for_each_changed([](const hf::column& field, const hf::cell& value) { /* gold, 70 */ });
///     aria.clear();
///
/// Cost: one bit for each column beside the value; a change costs a comparison and a store.
/// Threads: one at a time.
template <class T> class tracked {
    static_assert(detail::check_row<T>() || true); // what is wrong was said inside

public:
    tracked() = default;
    explicit tracked(T value) : value_(std::move(value)) {}

    [[nodiscard]] const T& operator*() const noexcept { return value_; }
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
        std::apply([&](auto&... copy) { (take<path_of<Members>>(copy), ...); }, copies);
    }
    /// Changes any fields: `fn` gets a copy of the whole struct, which is compared afterwards.
    template <class Function> void update(Function&& fn) {
        T copy = value_;
        std::forward<Function>(fn)(copy);
        for (std::size_t c = 0; c < row_columns<T>; ++c) take_column(c, columns()[c].in(&copy));
    }

    /// Whether anything changed since `clear`; whether this field did, or one inside it.
    [[nodiscard]] bool changed() const noexcept { return marks_.any(); }
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
