// SPDX-License-Identifier: MIT
/// @file
/// Reads values out of a checked document; an error knows its place.
#pragma once

#include <holdfast/json/document.hpp>
#include <holdfast/json/kind.hpp>
#include <holdfast/json/scalar_reader.hpp>
#include <holdfast/json/text.hpp>

namespace holdfast::as_json::detail {

/// One document. Every function returns false when the document does not fit; the place of the misfit is put
/// together on the way out.
class reader : private scalar_reader {
public:
    explicit reader(const limits& within) noexcept : within_(within), depth_left_(within.depth) {}

    template <class T> [[nodiscard]] bool value(T& into, element from) {
        static_assert(!std::is_const_v<T>, "[holdfast] json: a const field cannot be read");
        constexpr kind is = kind_of<T>();
        static_assert(is != kind::none,
                      "[holdfast] json: this type has no JSON form: make it a plain struct of documented types (no "
                      "pointer, C array or base class), or specialize holdfast::codec for it");
        static_assert(is != kind::view, "[holdfast] json: a view owns no text: read into a std::string");
        if constexpr (is == kind::boolean)
            return boolean(into, from);
        else if constexpr (is == kind::integer)
            return integer(into, from);
        else if constexpr (is == kind::enumeration)
            return enumeration(into, from);
        else if constexpr (is == kind::real)
            return real(into, from);
        else if constexpr (is == kind::text)
            return text(into, from);
        else if constexpr (is == kind::uuid)
            return id(into, from);
        else if constexpr (is == kind::bytes)
            return bytes(into, from);
        else if constexpr (is == kind::duration)
            return duration(into, from);
        else if constexpr (is == kind::time_point)
            return time_point(into, from);
        else if constexpr (is == kind::coded)
            return coded(into, from);
        else if constexpr (is == kind::nothing)
            return from.is_null() || wrong(from, "null");
        else
            return composed(into, from);
    }

    /// The error, with `document` and its place before it.
    [[nodiscard]] error why(std::string_view document = {}) const {
        std::string place(document);
        place.append(document.empty() && place_.starts_with('.') ? std::string_view(place_).substr(1) : place_);
        return {errc::refused, place.empty() ? why_ : place + ": " + why_};
    }

private:
    using array_view = simdjson::dom::array;
    using object_view = simdjson::dom::object;

    [[nodiscard]] bool at_index(std::size_t index) {
        place_ = "[" + std::to_string(index) + "]" + place_;
        return false;
    }
    [[nodiscard]] bool at_key(std::string_view key) {
        place_ = "[\"" + shortened(key) + "\"]" + place_;
        return false;
    }
    [[nodiscard]] bool at_field(std::string_view name) {
        place_ = "." + std::string(name) + place_;
        return false;
    }

    [[nodiscard]] bool deeper() {
        if (depth_left_ == 0) return fail("the text is nested deeper than " + std::to_string(within_.depth));
        --depth_left_;
        return true;
    }
    [[nodiscard]] bool open(array_view& into, element from) {
        return from.get(into) == simdjson::SUCCESS ? deeper() : wrong(from, "an array");
    }
    [[nodiscard]] bool open(object_view& into, element from) {
        return from.get(into) == simdjson::SUCCESS ? deeper() : wrong(from, "an object");
    }
    [[nodiscard]] bool close() noexcept {
        ++depth_left_;
        return true;
    }
    /// An array of exactly so many elements.
    [[nodiscard]] bool open(array_view& into, element from, std::size_t elements) {
        if (!open(into, from)) return false;
        std::size_t found = 0; // counted, because size() stops at 2^24
        for (auto at = into.begin(); at != into.end(); ++at) ++found;
        if (found == elements) return true;
        return fail("an array of length " + std::to_string(found) + " in place of " + std::to_string(elements));
    }

    template <class T> [[nodiscard]] bool composed(T& into, element from) {
        constexpr kind is = kind_of<T>();
        if constexpr (is == kind::optional)
            return optional(into, from);
        else if constexpr (is == kind::variant)
            return variant(into, from);
        else if constexpr (is == kind::array)
            return array(into, from);
        else if constexpr (is == kind::tuple)
            return tuple(into, from, std::make_index_sequence<std::tuple_size_v<T>>{});
        else if constexpr (is == kind::map)
            return map(into, from);
        else if constexpr (is == kind::object)
            return object(into, from);
        else
            return list(into, from);
    }

    template <class T> [[nodiscard]] bool optional(std::optional<T>& into, element from) {
        static_assert(!may_be_null<T>(), "[holdfast] json: an optional of what may be null cannot tell the two apart: "
                                         "use one optional, or put the inner one into a struct");
        into.reset();
        return from.is_null() || value(into.emplace(), from);
    }

    template <class... T> [[nodiscard]] bool variant(std::variant<T...>& into, element from) {
        array_view both;
        if (!open(both, from, 2)) return false;
        auto at = both.begin();
        std::size_t index = 0;
        if (!integer(index, *at)) return at_index(0);
        ++at;
        const auto one_of = [&]<std::size_t... I>(std::index_sequence<I...>) {
            bool read = false;
            const bool known = ((index == I && (read = value(into.template emplace<I>(), *at), true)) || ...);
            if (!known) return fail("there is no alternative " + std::to_string(index)) || at_index(0);
            return read || at_index(1);
        };
        return one_of(std::index_sequence_for<T...>{}) && close();
    }

    template <class T, std::size_t N> [[nodiscard]] bool array(std::array<T, N>& into, element from) {
        array_view elements;
        if (!open(elements, from, N)) return false;
        std::size_t index = 0;
        for (const element one : elements) {
            if (!value(into[index], one)) return at_index(index);
            ++index;
        }
        return close();
    }

    template <class Tuple, std::size_t... I>
    [[nodiscard]] bool tuple(Tuple& into, element from, std::index_sequence<I...>) {
        array_view elements;
        if (!open(elements, from, sizeof...(I))) return false;
        [[maybe_unused]] auto at = elements.begin();
        return ((value(std::get<I>(into), *at) ? (++at, true) : at_index(I)) && ...) && close();
    }

    template <class List> [[nodiscard]] bool list(List& into, element from) {
        array_view elements;
        if (!open(elements, from)) return false;
        into.clear();
        if constexpr (requires { into.reserve(std::size_t{}); }) into.reserve(elements.size());
        std::size_t index = 0;
        for (const element one : elements) {
            if (!add(into, one)) return at_index(index);
            ++index;
        }
        return close();
    }
    template <class List> [[nodiscard]] bool add(List& into, element from) {
        if constexpr (grows_in_place<List>) {
            return value(into.emplace_back(), from);
        } else {
            typename List::value_type one{};
            if (!value(one, from)) return false;
            if constexpr (grows_at_end<List>)
                into.push_back(std::move(one));
            else if constexpr (requires { into.insert(std::move(one)).second; })
                return into.insert(std::move(one)).second || fail(brief(from) + " is there twice");
            else
                into.insert(std::move(one));
            return true;
        }
    }

    template <class Map> [[nodiscard]] bool map(Map& into, element from) {
        into.clear();
        if (from.is_array()) return pairs(into, from);
        if constexpr (is_text<typename Map::key_type>)
            return members(into, from);
        else
            return wrong(from, "an array of [key, value]");
    }
    template <class Map> [[nodiscard]] bool pairs(Map& into, element from) {
        array_view entries;
        if (!open(entries, from)) return false;
        std::size_t index = 0;
        for (const element entry : entries) {
            if (!pair(into, entry)) return at_index(index);
            ++index;
        }
        return close();
    }
    template <class Map> [[nodiscard]] bool pair(Map& into, element from) {
        array_view both;
        if (!open(both, from, 2)) return false;
        auto at = both.begin();
        const element first = *at;
        typename Map::key_type key{};
        if (!value(key, first)) return at_index(0);
        ++at;
        typename Map::mapped_type mapped{};
        if (!value(mapped, *at)) return at_index(1);
        return (put(into, std::move(key), std::move(mapped)) || fail("the key " + brief(first) + " is there twice")) &&
               close();
    }
    template <class Map> [[nodiscard]] bool members(Map& into, element from) {
        object_view entries;
        if (!open(entries, from)) return false;
        for (const auto entry : entries) {
            typename Map::mapped_type mapped{};
            if (!value(mapped, entry.value)) return at_key(entry.key);
            if (!put(into, typename Map::key_type(entry.key), std::move(mapped)))
                return fail("the key '" + shortened(entry.key) + "' is there twice");
        }
        return close();
    }
    template <class Map>
    [[nodiscard]] static bool put(Map& into, typename Map::key_type&& key, typename Map::mapped_type&& mapped) {
        if constexpr (takes_twice<Map>()) {
            into.emplace(std::move(key), std::move(mapped));
            return true;
        } else {
            return into.emplace(std::move(key), std::move(mapped)).second;
        }
    }

    template <class T> [[nodiscard]] bool object(T& into, element from) {
        constexpr std::size_t total = field_count<T>;
        object_view members;
        if (!open(members, from)) return false;
        std::array<bool, total> seen{};
        std::size_t next = 0; // members usually stand in the order of the fields
        for (const auto member : members) {
            const std::size_t which = field_named<T>(member.key, next);
            if (which == total) return fail("there is no field '" + shortened(member.key) + "'");
            if (seen[which]) return fail("the member '" + shortened(member.key) + "' is there twice");
            seen[which] = true;
            next = which + 1;
            if (!fields_of<T>[which](*this, into, member.value)) return at_field(member.key);
        }
        return close();
    }
    template <class T> [[nodiscard]] static std::size_t field_named(std::string_view name, std::size_t next) noexcept {
        const auto& names = field_names<T>;
        if (next < names.size() && names[next] == name) return next;
        return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
    }
    template <class T, std::size_t I> [[nodiscard]] static bool read_field(reader& by, T& into, element from) {
        return by.value(field_of<I>(into), from);
    }
    template <class T> using field_reader = bool (*)(reader&, T&, element);
    template <class T>
    static constexpr auto fields_of = []<std::size_t... I>(std::index_sequence<I...>) {
        return std::array<field_reader<T>, sizeof...(I)>{&reader::read_field<T, I>...};
    }(std::make_index_sequence<field_count<T>>{});

    const limits& within_;
    std::size_t depth_left_;
    std::string place_;
};

} // namespace holdfast::as_json::detail
