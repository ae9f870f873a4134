// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/table/slots.hpp.
#include <holdfast/table/slots.hpp>

#include "support/catch.hpp"

#include <cstring>
#include <random>
#include <set>

#include <sys/mman.h>

using holdfast::slot;
using holdfast::slot_store;

namespace {

/// Takes a slot and settles in it, as an insert does.
void* put(slot_store& slots, std::uint64_t tick) {
    void* where = slots.take(tick);
    slots.settle(where);
    return where;
}

/// Vacates and releases, as an erase does.
void drop(slot_store& slots, void* where, std::uint64_t tick) {
    slots.vacate(where);
    slots.release(where, tick);
}

std::uint32_t generation(void* where) { return slot_store::header(where).generation; }

template <class Row> void check_layout() {
    slot_store slots(sizeof(Row), alignof(Row));
    const slot<Row>* previous = nullptr;
    for (std::uint32_t i = 0; i < 3'000; ++i) {
        auto* where = static_cast<slot<Row>*>(put(slots, 1));
        REQUIRE(reinterpret_cast<std::uintptr_t>(&where->row) % alignof(Row) == 0);
        REQUIRE(slots.row(where) == static_cast<void*>(&where->row));
        REQUIRE(where->header.number == i);
        REQUIRE(slots.at(i) == static_cast<void*>(where));
        const bool new_chunk = (i & ((1u << slots.chunk_shift()) - 1)) == 0;
        REQUIRE((new_chunk || where == previous + 1));
        std::memset(static_cast<void*>(&where->row), 0xff, sizeof(Row)); // the address sanitizer watches the edges
        previous = where;
    }
    REQUIRE(slots.bytes() >= 3'000 * sizeof(slot<Row>));
}

} // namespace

TEST_CASE("slots lie as an array of slot structs whatever the size and alignment of the row") {
    struct one {
        char c;
    };
    struct three {
        char c[3];
    };
    struct four {
        std::uint32_t n;
    };
    struct eight {
        std::uint64_t n;
        char c;
    };
    struct alignas(16) sixteen {
        char c[24];
    };
    struct alignas(32) thirty_two {
        char c[8];
    };
    struct alignas(64) sixty_four {
        char c[65];
    };
    struct large {
        char c[100'000];
    };
    check_layout<one>();
    check_layout<three>();
    check_layout<four>();
    check_layout<eight>();
    check_layout<sixteen>();
    check_layout<thirty_two>();
    check_layout<sixty_four>();
    slot_store slots(sizeof(large), alignof(large));
    for (std::uint32_t i = 0; i < 9; ++i) {
        std::memset(slots.row(put(slots, 1)), 0xff, sizeof(large));
        CHECK(slot_store::header(slots.at(i)).number == i);
    }
}

TEST_CASE("a fresh slot holds no row until it is settled") {
    slot_store slots(8, 8);
    void* where = slots.take(1);
    CHECK_FALSE(slot_store::header(where).alive());
    CHECK(slots.live() == 0);
    slots.settle(where);
    CHECK(slot_store::header(where).alive());
    CHECK(slots.live() == 1);
    CHECK(slots.used() == 1);
}

TEST_CASE("a slot freed in a tick is given out again only from the next tick on") {
    slot_store slots(8, 8);
    void* first = put(slots, 1);
    void* second = put(slots, 1);
    drop(slots, first, 1);
    CHECK(put(slots, 1) != first);
    drop(slots, second, 2);
    CHECK(put(slots, 2) == first);
    CHECK(put(slots, 2) != second);
    CHECK(put(slots, 3) == second);
    CHECK(slots.used() == 4);
}

TEST_CASE("a vacated slot is not given out before it is released") {
    slot_store slots(8, 8);
    void* first = put(slots, 1);
    slots.vacate(first);
    CHECK(put(slots, 2) != first);
    slots.release(first, 2);
    CHECK(put(slots, 2) != first);
    CHECK(put(slots, 3) == first);
}

TEST_CASE("each use of a slot has a generation of its own and revive brings the old one back") {
    slot_store slots(8, 8);
    void* where = put(slots, 1);
    const std::uint32_t before = generation(where);
    slots.vacate(where);
    CHECK(generation(where) != before);
    slots.revive(where);
    CHECK(generation(where) == before);
    CHECK(slots.live() == 1);
    drop(slots, where, 1);
    REQUIRE(put(slots, 2) == where);
    CHECK(generation(where) != before);
    CHECK(slot_store::header(where).alive());
}

TEST_CASE("a slot that was taken in vain is given out again") {
    slot_store slots(8, 8);
    void* where = slots.take(1);
    slots.untake(where);
    CHECK(slots.live() == 0);
    CHECK(put(slots, 1) == where);
    CHECK(slots.used() == 1);
}

TEST_CASE("a slot given back does not bring forward those that wait for the next tick") {
    slot_store slots(8, 8);
    void* first = put(slots, 1);
    drop(slots, first, 1);
    void* vain = slots.take(1);
    slots.untake(vain);
    for (int i = 0; i < 3; ++i) CHECK(put(slots, 1) != first);
    CHECK(slots.used() <= 5);
}

TEST_CASE("slots move nowhere while others come") {
    slot_store slots(100, 8);
    std::vector<void*> all;
    for (int i = 0; i < 10'000; ++i) all.push_back(put(slots, 1));
    for (std::uint32_t i = 0; i < all.size(); ++i) REQUIRE(slots.at(i) == all[i]);
    CHECK(slots.chunks() > 1);
}

TEST_CASE("reserved rows come without another chunk") {
    slot_store slots(100, 8);
    slots.reserve(10'000);
    const std::size_t chunks = slots.chunks();
    for (int i = 0; i < 10'000; ++i) put(slots, 1);
    CHECK(slots.chunks() == chunks);
}

TEST_CASE("random takes and releases never give out a slot twice nor one freed in the same tick") {
    std::mt19937 random(holdfast::test::seed());
    slot_store slots(24, 8);
    std::vector<void*> held;
    std::set<void*> freed_now;
    std::size_t most = 0;
    std::uint64_t tick = 1;
    for (int step = 0; step < 20'000; ++step) {
        if (random() % 40 == 0) {
            ++tick;
            freed_now.clear();
        }
        if (held.empty() || (random() % 2 == 0 && held.size() < 500)) {
            void* where = slots.take(tick);
            REQUIRE(freed_now.count(where) == 0);
            REQUIRE_FALSE(slot_store::header(where).alive());
            if (random() % 10 == 0) {
                slots.untake(where);
                continue;
            }
            slots.settle(where);
            held.push_back(where);
        } else {
            std::swap(held[random() % held.size()], held.back());
            drop(slots, held.back(), tick);
            freed_now.insert(held.back());
            held.pop_back();
        }
        most = std::max(most, held.size() + freed_now.size());
        REQUIRE(slots.live() == held.size());
    }
    CHECK(slots.used() <= most + 100);
}

TEST_CASE("memory that was touched is there before a row is") {
    constexpr std::size_t row_bytes = 1'000;
    constexpr std::uint32_t rows = 60'000;
    slot_store slots(row_bytes, 8);
    slots.reserve_huge(rows);
    const auto resident = [&](std::size_t chunk) {
        std::vector<unsigned char> pages(slots.bytes() / slots.chunks() / 4'096);
        auto* start = reinterpret_cast<std::byte*>(reinterpret_cast<std::uintptr_t>(slots.chunk(chunk)) & ~4'095ull);
        REQUIRE(::mincore(start, pages.size() * 4'096, pages.data()) == 0);
        return std::all_of(pages.begin(), pages.end(), [](unsigned char page) { return (page & 1) != 0; });
    };
    const std::uint32_t per_chunk = 1u << slots.chunk_shift();
    const std::uint32_t half = rows / 2 + per_chunk / 2; // in the middle of a chunk
    slots.touch(0, half);
    for (std::size_t chunk = 0; chunk <= half / per_chunk; ++chunk) CHECK(resident(chunk));
    for (std::uint32_t i = 0; i < half; ++i) std::memset(slots.row(put(slots, 1)), 7, row_bytes);
    slots.touch(half, rows);
    for (std::size_t chunk = 0; chunk < slots.chunks(); ++chunk) CHECK(resident(chunk));
    for (std::uint32_t i = 0; i < half; ++i) {
        const auto* row = static_cast<const unsigned char*>(slots.row(slots.at(i)));
        if (!slot_store::header(slots.at(i)).alive() || std::count(row, row + row_bytes, 7) != row_bytes)
            FAIL("row " << i << " was touched");
    }
}

TEST_CASE("room of many megabytes may be taken before it is needed, in huge pages, and no row moves") {
    constexpr std::size_t row_bytes = 10'000;
    constexpr std::uint32_t rows = 6'000;
    for (const bool reserved : {false, true}) {
        INFO("reserved " << reserved);
        slot_store slots(row_bytes, 8);
        if (reserved) slots.reserve_huge(rows - 100);
        slots.touch(0, reserved ? 2'000 : 0);
        const std::size_t from_start = slots.bytes();
        std::vector<void*> where;
        std::set<std::uintptr_t> huge_pages;
        for (std::uint32_t i = 0; i < rows; ++i) {
            where.push_back(put(slots, 1));
            if (reserved && i == 1'000) slots.touch(2'000, rows - 100); // rows before it are there, and stay
            REQUIRE(slots.at(i) == where.back());
            std::memset(slots.row(where.back()), static_cast<int>(i % 251), row_bytes);
            huge_pages.insert(reinterpret_cast<std::uintptr_t>(where.back()) / holdfast::huge_page_bytes);
        }
        for (std::uint32_t i = 0; i < rows; ++i) {
            const auto* row = static_cast<const unsigned char*>(slots.row(where[i]));
            REQUIRE(slot_store::header(where[i]).number == i);
            REQUIRE((row[0] == i % 251 && row[row_bytes - 1] == i % 251));
        }
        const std::size_t needed = rows * (row_bytes + sizeof(holdfast::slot_header));
        CHECK(slots.bytes() >= needed);
        CHECK(slots.bytes() < needed + needed / 8);
        if (reserved) {
            CHECK(slots.bytes() <= from_start + from_start / 50);
            CHECK(huge_pages.size() < needed / holdfast::huge_page_bytes * 5 / 4); // filled one after the other
        }
    }
}
