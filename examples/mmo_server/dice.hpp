// SPDX-License-Identifier: MIT
/// @file
/// Random numbers that are the same for a seed on every machine and with every standard library.
#pragma once

#include <holdfast/core/uuid.hpp>

#include <cstddef>
#include <cstdint>

namespace mmo {

/// SplitMix64: one addition and a few shifts.
class dice {
public:
    explicit dice(std::uint64_t seed) noexcept : state_(seed) {}

    std::uint64_t next() noexcept {
        std::uint64_t mixed = state_ += 0x9e37'79b9'7f4a'7c15;
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58'476d'1ce4'e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d0'49bb'1331'11eb;
        return mixed ^ (mixed >> 31);
    }

    /// One of 0 to `count` - 1.
    std::size_t below(std::size_t count) noexcept { return static_cast<std::size_t>(next() % count); }

    /// One of `least` to `most`, both included.
    std::int32_t between(std::int32_t least, std::int32_t most) noexcept {
        return least + static_cast<std::int32_t>(below(static_cast<std::size_t>(most - least) + 1));
    }

    /// From 0 to just below 1.
    double fraction() noexcept { return static_cast<double>(next() >> 11) * 0x1p-53; }
    bool chance(double probability) noexcept { return fraction() < probability; }

    /// Version 4: 122 random bits.
    holdfast::uuid uuid() noexcept {
        holdfast::uuid made;
        for (std::size_t half = 0; half < 2; ++half) {
            const std::uint64_t bits = next();
            for (std::size_t i = 0; i < 8; ++i)
                made.bytes[half * 8 + i] = static_cast<std::byte>((bits >> (8 * i)) & 0xff);
        }
        made.bytes[6] = (made.bytes[6] & std::byte{0x0f}) | std::byte{0x40};
        made.bytes[8] = (made.bytes[8] & std::byte{0x3f}) | std::byte{0x80};
        return made;
    }

private:
    std::uint64_t state_;
};

} // namespace mmo
