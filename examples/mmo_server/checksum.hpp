// SPDX-License-Identifier: MIT
/// @file
/// A checksum over every field of every row of every table, whatever the order of the rows. It looks at the
/// structs alone, and at nothing that saving and loading use.
#pragma once

#include <holdfast/world.hpp>

#include <boost/pfr/core.hpp>

#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace mmo {

/// What a table holds.
struct table_sum {
    std::string table{};
    std::uint64_t rows = 0;
    std::uint64_t sum = 0;
    std::uint64_t bytes = 0; ///< Of the fields: 8 for a long integer, the characters of a text.

    friend bool operator==(const table_sum&, const table_sum&) = default;
};

/// Takes the fields of one row, one after the other.
class row_digest {
public:
    template <class Field> void add(const Field& field) {
        if constexpr (std::is_arithmetic_v<Field> || std::is_enum_v<Field>) {
            add_bytes(&field, sizeof(field));
        } else if constexpr (requires { field.has_value(); }) {
            add(field.has_value());
            if (field) add(*field);
        } else if constexpr (requires { field.time_since_epoch(); }) {
            add(field.time_since_epoch().count());
        } else if constexpr (requires { field.data(), field.size(); }) {
            sum_ = mixed(sum_ + field.size());
            add_bytes(field.data(), field.size() * sizeof(*field.data()));
        } else {
            [&]<std::size_t... I>(std::index_sequence<I...>) {
                (add(boost::pfr::get<I>(field)), ...);
            }(std::make_index_sequence<boost::pfr::tuple_size_v<Field>>{});
        }
    }

    [[nodiscard]] std::uint64_t sum() const noexcept { return mixed(sum_); }
    [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }

private:
    static std::uint64_t mixed(std::uint64_t bits) noexcept {
        bits = (bits ^ (bits >> 32)) * 0xd6e8'feb8'6659'fd93;
        bits = (bits ^ (bits >> 32)) * 0xd6e8'feb8'6659'fd93;
        return bits ^ (bits >> 32);
    }
    void add_bytes(const void* from, std::size_t size) noexcept {
        bytes_ += size;
        const auto* at = static_cast<const unsigned char*>(from);
        for (std::size_t part = 0; size != 0; at += part, size -= part) {
            std::uint64_t word = 0;
            part = size < sizeof(word) ? size : sizeof(word);
            std::memcpy(&word, at, part);
            sum_ = mixed(sum_ + word) + 0x9e37'79b9'7f4a'7c15;
        }
    }

    std::uint64_t sum_ = 0;
    std::uint64_t bytes_ = 0;
};

template <class Table> table_sum sum_of(const Table& table, std::string_view name) {
    table_sum made{std::string(name)};
    for (const auto row : table) {
        row_digest digest;
        digest.add(*row);
        made.sum += digest.sum(); // a sum does not ask for an order
        made.bytes += digest.bytes();
        ++made.rows;
    }
    return made;
}

/// One for each table of a world, in the order of its members.
template <class World> std::vector<table_sum> checksum(const World& world) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
        return std::vector<table_sum>{sum_of(boost::pfr::get<I>(world), holdfast::field_name<World, I>())...};
    }(std::make_index_sequence<boost::pfr::tuple_size_v<World>>{});
}

} // namespace mmo
