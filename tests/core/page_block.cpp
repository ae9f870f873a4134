// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/core/page_block.hpp.
#include <holdfast/core/page_block.hpp>

#include "support/catch.hpp"

#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

using holdfast::huge_page_bytes;
using holdfast::page_block;

namespace {

std::uintptr_t address(const page_block& block) { return reinterpret_cast<std::uintptr_t>(block.data()); }

} // namespace

TEST_CASE("a block of whole huge pages is aligned to one, any other to a cache line") {
    for (const std::size_t bytes : {std::size_t{1}, std::size_t{100'000}, huge_page_bytes - 1, huge_page_bytes + 64}) {
        const page_block block(bytes);
        CHECK(address(block) % 64 == 0);
        std::memset(block.data(), 0x5a, bytes); // the address sanitizer watches the edges
    }
    for (const std::size_t pages : {std::size_t{1}, std::size_t{3}}) {
        const page_block block(pages * huge_page_bytes);
        CHECK(address(block) % huge_page_bytes == 0);
        std::memset(block.data(), 0x5a, pages * huge_page_bytes);
    }
}

TEST_CASE("a block that moves keeps its memory and is freed once") {
    std::vector<page_block> blocks;
    std::vector<std::byte*> places;
    for (int i = 0; i < 20; ++i) {
        blocks.emplace_back(i % 2 == 0 ? 1'000 : huge_page_bytes);
        places.push_back(blocks.back().data());
        *places.back() = static_cast<std::byte>(i);
    }
    const page_block last = std::move(blocks.back());
    blocks.pop_back();
    CHECK(last.data() == places.back());
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        CHECK(blocks[i].data() == places[i]);
        CHECK(*blocks[i].data() == static_cast<std::byte>(i));
    }
}
