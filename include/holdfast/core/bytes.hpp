// SPDX-License-Identifier: MIT
/// @file
/// Little-endian numbers and varints in byte buffers: the bottom of every stored format.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <type_traits>

namespace holdfast {

/// Bytes that somebody else has. Lifetime: theirs.
using bytes_view = std::span<const std::byte>;

namespace bytes {

static_assert(std::endian::native == std::endian::little,
              "[holdfast] stored numbers are little-endian; this machine is not supported yet");

/// Writes `value` at `to`, unaligned, and returns the place behind it.
template <class Number> std::byte* put(std::byte* to, Number value) noexcept {
    static_assert(std::is_trivially_copyable_v<Number>);
    std::memcpy(to, &value, sizeof(value));
    return to + sizeof(value);
}

/// Reads a number that the caller knows to be there, unaligned.
template <class Number> [[nodiscard]] Number get(const std::byte* from) noexcept {
    static_assert(std::is_trivially_copyable_v<Number>);
    Number value;
    std::memcpy(&value, from, sizeof(value));
    return value;
}

/// The most bytes that a varint takes.
inline constexpr std::size_t max_varint_bytes = 10;

/// Writes `value` seven bits at a time, low bits first (LEB128).
inline std::byte* put_varint(std::byte* to, std::uint64_t value) noexcept {
    while (value >= 0x80) {
        *to++ = static_cast<std::byte>(value | 0x80);
        value >>= 7;
    }
    *to++ = static_cast<std::byte>(value);
    return to;
}

/// A cursor over bytes that may be hostile: each step is checked against what is left.
class reader {
public:
    explicit reader(bytes_view input) noexcept : at_(input.data()), end_(input.data() + input.size()) {}

    [[nodiscard]] std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - at_); }
    [[nodiscard]] const std::byte* at() const noexcept { return at_; }

    template <class Number> [[nodiscard]] std::optional<Number> take() noexcept {
        if (left() < sizeof(Number)) return std::nullopt;
        Number value = get<Number>(at_);
        at_ += sizeof(Number);
        return value;
    }

    [[nodiscard]] std::optional<bytes_view> take_bytes(std::uint64_t count) noexcept {
        if (left() < count) return std::nullopt;
        bytes_view view(at_, static_cast<std::size_t>(count));
        at_ += count;
        return view;
    }

    [[nodiscard]] std::optional<std::uint64_t> take_varint() noexcept {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            if (at_ == end_) return std::nullopt;
            const auto byte = static_cast<std::uint64_t>(*at_++);
            if (shift == 63 && byte > 1) return std::nullopt;
            value |= (byte & 0x7f) << shift;
            if (byte < 0x80) return value;
        }
        return std::nullopt;
    }

private:
    const std::byte* at_;
    const std::byte* end_;
};

} // namespace bytes
} // namespace holdfast
