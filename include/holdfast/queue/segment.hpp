// SPDX-License-Identifier: MIT
/// @file
/// Segments: the files that a log is made of. See docs/format.md.
///
///     segment: | header, 128 bytes | schema | frame | frame | ... | zeros |
#pragma once

#include <holdfast/core/uuid.hpp>
#include <holdfast/queue/frame.hpp>
#include <holdfast/queue/log_schema.hpp>
#include <holdfast/queue/timeline.hpp>

#include <string>
#include <vector>

namespace holdfast {

/// What stands at the start of a segment. All numbers little-endian.
struct segment_header {
    std::uint64_t magic = 0x00676f4c66486c48; ///< "HlHfLog"
    std::uint32_t crc = 0;                    ///< crc32c of everything after this field, the schema included.
    std::uint32_t format = format_number;
    uuid database{};                ///< Whose log it is.
    uuid boot{};                    ///< The run of the machine in which it was begun.
    std::uint64_t timeline = 0;     ///< Which history of the database; 0: the first.
    std::uint64_t number = 0;       ///< Of the segment: 1 more than the one before.
    std::uint64_t first_frame = 0;  ///< Every frame before this one was durable when the segment was begun, or dropped.
    std::uint32_t previous_crc = 0; ///< The crc of the last frame before that; 0 when it is not known.
    std::uint32_t epoch = 0;        ///< Seeds the checksums of the frames.
    std::uint32_t schema_bytes = 0;
    std::uint32_t reader = 1;       ///< The oldest format whose readers understand what is in it.
    std::uint64_t dropped_from = 0; ///< Frames from this one up to `first_frame` were dropped; 0: none was.
    std::uint64_t parent = 0;       ///< Of a later timeline: the rest of what `holdfast::timeline` says of it.
    std::uint64_t forked_at = 0;
    std::int64_t made_us = 0;
    std::uint32_t generation = 0;
    std::uint32_t reserved = 0;

    [[nodiscard]] holdfast::timeline history() const noexcept {
        return {timeline, parent, forked_at, made_us, generation};
    }
    void belongs_to(const holdfast::timeline& is) noexcept {
        timeline = is.id;
        parent = is.parent;
        forked_at = is.forked_at;
        made_us = is.made_us;
        generation = is.generation;
    }
};
static_assert(sizeof(segment_header) == 128);

/// A segment read from bytes. Lifetime: its frames are views of them.
struct segment_view {
    segment_header header{};
    log_schema schema{};
    bytes_view frames{};       ///< Everything behind the schema.
    std::size_t frames_at = 0; ///< Where that begins.

    /// What was before this frame was durable when the segment was begun.
    [[nodiscard]] std::uint64_t goes_on_at() const noexcept {
        return header.dropped_from != 0 ? header.dropped_from : header.first_frame;
    }
};

namespace detail {

inline void put_text(std::vector<std::byte>& to, std::string_view text) {
    std::byte length[bytes::max_varint_bytes];
    to.insert(to.end(), length, bytes::put_varint(length, text.size()));
    const auto* begin = reinterpret_cast<const std::byte*>(text.data());
    to.insert(to.end(), begin, begin + text.size());
}
inline void put_numbers(std::vector<std::byte>& to, const std::vector<std::uint8_t>& numbers) {
    put_text(to, {reinterpret_cast<const char*>(numbers.data()), numbers.size()});
}

/// Reads what `put_text` has written. False when it is not there.
inline bool take_text(bytes::reader& from, std::string& text) {
    const auto length = from.take_varint();
    const auto found = length ? from.take_bytes(*length) : std::nullopt;
    if (found) text.assign(reinterpret_cast<const char*>(found->data()), found->size());
    return found.has_value();
}
inline bool take_numbers(bytes::reader& from, std::vector<std::uint8_t>& numbers, std::size_t below) {
    std::string text;
    if (!take_text(from, text)) return false;
    for (const char one : text) {
        numbers.push_back(static_cast<std::uint8_t>(one));
        if (numbers.back() >= below) return false;
    }
    return true;
}

[[nodiscard]] inline std::uint32_t segment_crc(const segment_header& header, bytes_view schema) noexcept {
    const auto* start = reinterpret_cast<const std::byte*>(&header);
    return crc32c(schema, crc32c({start + 12, sizeof(header) - 12}, 0));
}

} // namespace detail

/// The names behind the numbers, as bytes: for each table its name, its columns' names, the columns of its key, and for
/// each column whether it is structural.
[[nodiscard, gnu::cold]] inline std::vector<std::byte> encode_schema(const log_schema& schema) {
    std::vector<std::byte> made;
    std::byte count[bytes::max_varint_bytes];
    const auto put_count = [&](std::size_t n) { made.insert(made.end(), count, bytes::put_varint(count, n)); };
    put_count(schema.tables.size());
    for (const log_table& table : schema.tables) {
        detail::put_text(made, table.name);
        put_count(table.columns.size());
        for (const std::string& column : table.columns) detail::put_text(made, column);
        detail::put_numbers(made, table.key);
        detail::put_numbers(made, table.structural);
    }
    return made;
}

/// Errors: `corrupt`.
[[nodiscard, gnu::cold]] inline result<log_schema> decode_schema(bytes_view input) {
    const error bad{errc::corrupt, "the names of the tables cannot be read"};
    bytes::reader from(input);
    log_schema made;
    const auto tables = from.take_varint();
    if (!tables) return bad;
    for (std::uint64_t t = 0; t < *tables; ++t) {
        log_table& table = made.tables.emplace_back();
        if (!detail::take_text(from, table.name)) return bad;
        const auto columns = from.take_varint();
        if (!columns || *columns > 255) return bad;
        for (std::uint64_t c = 0; c < *columns; ++c)
            if (!detail::take_text(from, table.columns.emplace_back())) return bad;
        if (!detail::take_numbers(from, table.key, table.columns.size()) ||
            !detail::take_numbers(from, table.structural, 2) || table.structural.size() != table.columns.size())
            return bad;
    }
    if (from.left() != 0) return bad;
    return made;
}

/// The start of a segment, as it is written; fills in the checksum and the schema's length.
[[nodiscard, gnu::cold]] inline std::vector<std::byte> encode_segment(segment_header header, const log_schema& schema) {
    const std::vector<std::byte> names = encode_schema(schema);
    header.schema_bytes = static_cast<std::uint32_t>(names.size());
    header.crc = detail::segment_crc(header, names);
    std::vector<std::byte> made(sizeof(header));
    std::memcpy(made.data(), &header, sizeof(header));
    made.insert(made.end(), names.begin(), names.end());
    return made;
}

/// How many bytes the start of a segment takes, as far as it can be seen in what stands before.
[[nodiscard, gnu::cold]] inline std::uint64_t segment_start_bytes(bytes_view input) noexcept {
    segment_header header;
    if (input.size() < sizeof(header)) return sizeof(header);
    std::memcpy(&header, input.data(), sizeof(header));
    return sizeof(header) + header.schema_bytes;
}

/// Reads the start of a segment. Errors: `corrupt`, `too_new`; both say why.
[[nodiscard, gnu::cold]] inline result<segment_view> read_segment(bytes_view input) {
    segment_view made;
    if (input.size() < sizeof(segment_header))
        return error{errc::corrupt, words({"a segment begins with 128 bytes, and it has ", input.size()})};
    std::memcpy(&made.header, input.data(), sizeof(segment_header));
    if (made.header.magic != segment_header{}.magic)
        return error{errc::corrupt, "it is no segment of a log: wrong magic"};
    const bytes_view behind = input.subspan(sizeof(segment_header));
    if (made.header.schema_bytes > behind.size()) return error{errc::corrupt, "it ends inside the names of the tables"};
    if (made.header.dropped_from >= made.header.first_frame && made.header.dropped_from != 0)
        return error{errc::corrupt, "it says that frames were dropped before its first one, and names later ones"};
    const bytes_view names = behind.first(made.header.schema_bytes);
    if (detail::segment_crc(made.header, names) != made.header.crc)
        return error{errc::corrupt, "the checksum at its start does not match its bytes"};
    if (made.header.reader > format_number || made.header.format == 0)
        return error{errc::too_new, words({"it has format ", made.header.format, " for readers of ", made.header.reader,
                                           ", this library reads ", format_number})};
    auto schema = decode_schema(names);
    if (!schema) return schema.why();
    made.schema = std::move(*schema);
    made.frames = behind.subspan(names.size());
    made.frames_at = sizeof(segment_header) + names.size();
    return made;
}

/// The name of a segment's file: timeline and number. Segments of all timelines are numbered in the order in which they
/// were begun.
[[nodiscard, gnu::cold]] inline std::string segment_name(std::uint64_t timeline, std::uint64_t number) {
    constexpr char digits[] = "0123456789abcdef";
    std::string name(33, '-');
    for (std::size_t i = 0; i < 16; ++i) {
        name[15 - i] = digits[timeline >> (4 * i) & 15];
        name[32 - i] = digits[number >> (4 * i) & 15];
    }
    return name;
}
[[nodiscard, gnu::cold]] inline bool is_segment_name(std::string_view name) {
    return name.size() == 33 && name[16] == '-' && name.find_first_not_of("0123456789abcdef") == 16 &&
           name.substr(17).find_first_not_of("0123456789abcdef") == std::string_view::npos;
}
namespace detail {
[[nodiscard, gnu::cold]] inline std::uint64_t from_digits(std::string_view digits) {
    std::uint64_t number = 0;
    for (const char digit : digits)
        number = number << 4 | static_cast<std::uint64_t>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
    return number;
}
} // namespace detail
/// The number in a segment's name, and its timeline.
[[nodiscard, gnu::cold]] inline std::uint64_t segment_number(std::string_view name) {
    return detail::from_digits(name.substr(17));
}
[[nodiscard, gnu::cold]] inline std::uint64_t segment_timeline(std::string_view name) {
    return detail::from_digits(name.substr(0, 16));
}

} // namespace holdfast
