// SPDX-License-Identifier: MIT
/// @file
/// Random numbers that are the same for a seed on every machine.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <initializer_list>

namespace torture {

[[nodiscard]] constexpr std::uint64_t mixed(std::uint64_t bits) noexcept {
    bits = (bits ^ (bits >> 30)) * 0xbf58'476d'1ce4'e5b9;
    bits = (bits ^ (bits >> 27)) * 0x94d0'49bb'1331'11eb;
    return bits ^ (bits >> 31);
}

/// SplitMix64.
class dice {
public:
    /// The same dice for the same two numbers.
    explicit dice(std::uint64_t seed, std::uint64_t number = 0) noexcept : state_(mixed(seed) ^ mixed(~number)) {}

    std::uint64_t next() noexcept { return mixed(state_ += 0x9e37'79b9'7f4a'7c15); }
    /// One of 0 to `count` - 1.
    std::size_t below(std::size_t count) noexcept { return static_cast<std::size_t>(next() % count); }
    /// One of `least` to `most`, both included.
    std::int64_t between(std::int64_t least, std::int64_t most) noexcept {
        return least + static_cast<std::int64_t>(below(static_cast<std::size_t>(most - least) + 1));
    }
    bool one_in(std::size_t count) noexcept { return below(count) == 0; }
    template <class Value> Value one_of(std::initializer_list<Value> values) noexcept {
        return values.begin()[below(values.size())];
    }
    /// From 1 to `most`, each order of magnitude as often as the next.
    std::int64_t up_to(std::int64_t most) noexcept {
        const double fraction = static_cast<double>(next() >> 11) * 0x1p-53;
        return static_cast<std::int64_t>(std::exp(fraction * std::log(static_cast<double>(most))));
    }

private:
    std::uint64_t state_;
};

} // namespace torture
