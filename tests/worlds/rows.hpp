// SPDX-License-Identifier: MIT
/// @file
/// The struct of a world's rows, and how a record becomes one and comes back.
#pragma once

#include <holdfast/holdfast.hpp>

#include "worlds/face.hpp"

#include <charconv>
#include <cstring>

namespace holdfast::test::worlds {

struct item_id {
    std::int64_t value = 0;
    friend bool operator==(const item_id&, const item_id&) = default;
};
/// Stored as a text.
struct coins {
    std::int64_t value = 0;
    friend bool operator==(const coins&, const coins&) = default;
};
/// Cannot be stored, and its copy allocates.
struct scratch {
    std::vector<std::int32_t> value{};
    friend bool operator==(const scratch&, const scratch&) = default;
};

/// How a number of a record stands in a field: each number in its own way.
template <class Field> struct as_number {
    static Field make(std::int64_t number) { return static_cast<Field>(number); }
    static std::int64_t number(const Field& field) { return static_cast<std::int64_t>(field); }
};
template <> struct as_number<item_id> {
    static item_id make(std::int64_t number) { return {number}; }
    static std::int64_t number(const item_id& field) { return field.value; }
};
template <> struct as_number<coins> {
    static coins make(std::int64_t number) { return {number}; }
    static std::int64_t number(const coins& field) { return field.value; }
};
template <> struct as_number<scratch> {
    static scratch make(std::int64_t number) {
        return number == 0 ? scratch{} : scratch{std::vector<std::int32_t>(9, static_cast<std::int32_t>(number))};
    }
    static std::int64_t number(const scratch& field) { return field.value.empty() ? 0 : field.value.front(); }
};
/// Even and odd numbers differ in the case of letters; every fourth text is too long to stand inside a string.
template <> struct as_number<std::string> {
    static std::string make(std::int64_t number) {
        std::string text = number % 2 == 0 ? "Name " : "NAME ";
        if (number / 2 % 4 == 0) text += "of many words that takes some room ";
        return text + std::to_string(number / 2);
    }
    static std::int64_t number(const std::string& field) {
        std::int64_t half = 0;
        const std::size_t at = field.rfind(' ') + 1;
        std::from_chars(field.data() + at, field.data() + field.size(), half);
        return half * 2 + (field.starts_with("NAME") ? 1 : 0);
    }
};
template <> struct as_number<uuid> {
    static uuid make(std::int64_t number) {
        uuid made;
        std::memcpy(made.bytes.data() + 4, &number, sizeof(number));
        return made;
    }
    static std::int64_t number(const uuid& field) {
        std::int64_t number = 0;
        std::memcpy(&number, field.bytes.data() + 4, sizeof(number));
        return number;
    }
};
template <> struct as_number<sort> {
    static sort make(std::int64_t number) { return number == 0 ? sort::plain : number == 1 ? sort::shiny : sort::torn; }
    static std::int64_t number(const sort& field) { return field == sort::torn ? 2 : static_cast<std::int64_t>(field); }
};

using micros = std::chrono::sys_time<std::chrono::microseconds>;

/// A row. The second part of the key is used by keys of two fields only; `Self` is what it refers to in its own table.
template <class First, class Second, class Self, class Price, class Extra> struct item {
    First key{};
    Second part{};
    std::optional<First> parent{};
    std::optional<Second> parent_part{};
    std::optional<Self> self{};
    std::optional<Second> self_part{};
    std::int64_t serial = 0;
    std::string text{};
    std::optional<std::int64_t> tag{};
    std::int32_t level = 0;
    std::int64_t gold = 0;
    sort kind = sort::plain;
    Price price{};
    Extra extra{};
    std::int32_t grade = 0;
    micros made{};
    micros touched{};

    static bool sane(std::int64_t gold, std::int32_t level) { return gold >= -5 * level; }
    static bool held(std::int32_t level, const std::optional<First>& parent, const std::optional<Self>& self) {
        return level != 7 || parent || self;
    }
};

} // namespace holdfast::test::worlds

template <> struct holdfast::conversion<holdfast::test::worlds::coins> {
    using coins = holdfast::test::worlds::coins;
    static void store(const coins& value, std::string& text) { text += std::to_string(value.value) + " coins"; }
    static std::optional<coins> load(std::string_view text) {
        coins made;
        const auto end = std::from_chars(text.data(), text.data() + text.size(), made.value);
        if (end.ec != std::errc() || std::string_view(end.ptr, text.data() + text.size()) != " coins")
            return std::nullopt;
        return made;
    }
};
