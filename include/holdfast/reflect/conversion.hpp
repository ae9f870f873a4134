// SPDX-License-Identifier: MIT
/// @file
/// A type of your own in a column: how it becomes a number, a text or bytes, and comes back.
#pragma once

#include <holdfast/reflect/codec.hpp>

#include <string_view>

namespace holdfast {

/// How a type of your own is stored. Specialize it with two functions; what `load` takes decides the column's type:
///
///     template <> struct holdfast::conversion<money> {
///         static std::int64_t store(const money& value) { return value.cents; }
///         static std::optional<money> load(std::int64_t cents) { return money{cents}; }
///     };
///
///     store                                         load takes         column
///     std::int64_t store(const T&)                  std::int64_t       INTEGER
///     double store(const T&)                        double             REAL
///     void store(const T&, std::string& text)       std::string_view   TEXT
///     void store(const T&, std::vector<std::byte>&) bytes_view         BLOB
///
/// The last two append to what is empty when they are called, in memory that is used again: a change that fits
/// there allocates nothing. `load` returns nothing when the value is not one of T's: opening the file says so, with
/// table, key and column. Equal values must be stored equally, and unequal ones differently.
template <class T> struct conversion;

namespace detail {

template <class T> struct loaded_from;
template <class T, class Stored> struct loaded_from<std::optional<T> (*)(Stored)> {
    using type = std::remove_cvref_t<Stored>;
};
template <class T, class Stored> struct loaded_from<std::optional<T> (*)(Stored) noexcept> {
    using type = std::remove_cvref_t<Stored>;
};

/// What a value is stored as, while somebody looks at it: one place for each type and thread.
template <class T, class Buffer> [[nodiscard]] Buffer& stored_form() noexcept {
    thread_local Buffer form;
    return form;
}

} // namespace detail

template <detail::converted T> struct codec<T> {
    using stored = typename detail::loaded_from<decltype(&conversion<T>::load)>::type;
    static constexpr bool is_integer = std::is_same_v<stored, std::int64_t>;
    static constexpr bool is_real = std::is_same_v<stored, double>;
    static constexpr bool is_text = std::is_same_v<stored, std::string_view>;
    static_assert(is_integer || is_real || is_text || std::is_same_v<stored, bytes_view>,
                  "[holdfast] conversion: load takes a std::int64_t, a double, a std::string_view or a "
                  "holdfast::bytes_view, and returns a std::optional of the type");

    static constexpr storage stored_as = is_integer ? storage::integer
                                         : is_real  ? storage::real
                                         : is_text  ? storage::text
                                                    : storage::blob;
    static constexpr bool nullable = is_real;

    /// Lifetime of a text and of bytes: until the next `get` of a T on this thread.
    static cell get(const T& field) {
        if constexpr (is_integer) {
            return cell::of_integer(cell_kind::i64, conversion<T>::store(field));
        } else if constexpr (is_real) {
            return codec<double>::get(conversion<T>::store(field));
        } else {
            using buffer = std::conditional_t<is_text, std::string, std::vector<std::byte>>;
            buffer& form = detail::stored_form<T, buffer>();
            form.clear();
            conversion<T>::store(field, form);
            return cell::of_bytes(is_text ? cell_kind::text : cell_kind::blob, form.data(), form.size());
        }
    }
    static bool set(T& field, const cell& c) {
        std::optional<T> loaded;
        if constexpr (is_integer) {
            if (c.is_integer()) loaded = conversion<T>::load(c.integer);
        } else if constexpr (is_real) {
            double number = 0;
            if (codec<double>::set(number, c)) loaded = conversion<T>::load(number);
        } else if constexpr (is_text) {
            if (c.is_bytes()) loaded = conversion<T>::load(c.view());
        } else {
            if (c.kind == cell_kind::blob) loaded = conversion<T>::load(std::as_bytes(std::span(c.view())));
        }
        if (loaded) field = std::move(*loaded);
        return loaded.has_value();
    }
};

} // namespace holdfast
