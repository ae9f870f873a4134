// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/queue/ring_file.hpp: what is found in the ring of a process that is gone.
#include <holdfast/io/boot.hpp>
#include <holdfast/queue/ring_file.hpp>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"
#include "support/words.hpp"

#include <fstream>
#include <random>

using namespace holdfast;
using holdfast::test::mentions_all;
using holdfast::test::temporary_folder;

namespace {

const uuid ours = *uuid::parse("00112233-4455-6677-8899-aabbccddeeff");
const uuid now = *uuid::parse("10112233-4455-6677-8899-aabbccddeeff");
const uuid before = *uuid::parse("20112233-4455-6677-8899-aabbccddeeff");

/// A ring in a file; `left` reads it as the next process would.
struct mapped {
    explicit mapped(std::string at, std::size_t bytes = 4 * ring_chunk_bytes)
        : path(std::move(at)), file(ring_file::create(path, bytes, ours, now).value()), queue(file.space(), 1) {
        queue.open(cursor);
    }
    /// Appends `bytes` bytes that tell the tick.
    void append(std::size_t bytes) {
        cursor.reserve(bytes);
        std::fill_n(cursor.at, bytes, static_cast<std::byte>(queue.sealed() + 1));
        cursor.at += bytes;
    }
    std::uint64_t commit(std::size_t bytes) {
        append(bytes);
        return queue.seal(cursor, 0);
    }
    /// The log takes everything, and has it for sure.
    void take_all() {
        while (queue.take([&](const sealed_frame& frame) { logged = frame.header.number; })) {}
        queue.release();
    }
    [[nodiscard]] left_ring left(std::uint64_t known) const { return read_ring(path, ours, now, known).value(); }

    std::string path;
    ring_file file;
    ring queue;
    write_cursor cursor;
    std::uint64_t logged = 0;
};

std::vector<std::uint64_t> numbers(const left_ring& left) {
    std::vector<std::uint64_t> found;
    for (const left_frame& one : left.frames) {
        found.push_back(one.header.number);
        for (const bytes_view section : one.sections)
            for (const std::byte byte : section.subspan(sizeof(section_header)))
                if (byte != static_cast<std::byte>(one.header.number)) return {};
    }
    return found;
}
using list = std::vector<std::uint64_t>;

void write_at(const std::string& path, std::size_t at, std::string_view bytes) {
    std::fstream to(path, std::ios::in | std::ios::out | std::ios::binary);
    to.seekp(static_cast<std::streamoff>(at));
    to << bytes;
}

} // namespace

TEST_CASE("what was sealed is found, and nothing of the open frame") {
    const temporary_folder folder;
    mapped ring(folder / "ring");
    CHECK(ring.left(0).usable);
    CHECK(ring.left(0).frames.empty());
    ring.commit(100);
    ring.commit(0);
    ring.commit(1'000);
    ring.append(500);
    CHECK(numbers(ring.left(0)) == list{1, 2, 3});
    CHECK(numbers(ring.left(2)) == list{3});
    CHECK(ring.left(3).frames.empty());
    CHECK(ring.left(0).only_on_heap == 0);
}

TEST_CASE("what the log has is not looked for, and its space is used again") {
    const temporary_folder folder;
    mapped ring(folder / "ring");
    std::mt19937 random(5);
    for (int i = 0; i < 3'000; ++i) {
        ring.commit(random() % 4 == 0 ? random() % 30'000 : random() % 200);
        if (random() % 5 == 0) ring.take_all();
        if (ring.queue.heap_bytes() != 0) continue; // see below
        const std::uint64_t sealed = ring.queue.sealed();
        list expected;
        for (std::uint64_t n = ring.logged + 1; n <= sealed; ++n) expected.push_back(n);
        if (i % 7 != 0) continue;
        INFO("after " << i);
        REQUIRE(numbers(ring.left(ring.logged)) == expected);
        REQUIRE(ring.left(ring.logged).only_on_heap == 0);
    }
}

TEST_CASE("of what is dropped the ring keeps what lies in it, and goes on when that was released") {
    const temporary_folder folder;
    mapped ring(folder / "ring");
    ring.commit(100);
    ring.take_all();
    for (int i = 0; i < 12; ++i) ring.commit(200'000); // nothing is synced: the ring is full, and then the heap
    const std::size_t heap = ring.queue.heap_bytes();
    CHECK(heap > 5 * ring_chunk_bytes);
    const auto take = [&] {
        while (ring.queue.take([](const sealed_frame&) {})) {}
    };
    take();
    ring.queue.drop_heap();
    CHECK(ring.queue.heap_bytes() <= ring_chunk_bytes); // what is read now
    const list kept = numbers(ring.left(1));
    REQUIRE(kept.size() > 1);
    CHECK(kept.front() == 2);
    CHECK(ring.left(1).sealed == 13);
    CHECK(ring.left(1).only_on_heap == kept.back() + 1);
    for (int i = 0; i < 12; ++i) {
        ring.commit(200'000);
        take();
        ring.queue.drop_heap();
        CHECK(ring.queue.heap_bytes() <= 2 * ring_chunk_bytes);
        CHECK(numbers(ring.left(1)) == kept);
    }
    ring.take_all();                                  // they are synced
    for (int i = 0; i < 3; ++i) ring.commit(200'000); // goes over to the ring again
    ring.take_all();
    CHECK(ring.queue.heap_bytes() == 0);
    const std::uint64_t next = ring.commit(100);
    CHECK(numbers(ring.left(next - 1)) == list{next});
}

TEST_CASE("frames of any length up to a chunk's end, and over it, are found whole") {
    const temporary_folder folder;
    for (std::size_t short_of = 0; short_of <= 300; short_of += 4) {
        mapped ring(folder / "ring");
        ring.commit(ring_chunk_bytes - sizeof(frame_header) - sizeof(section_header) - short_of);
        ring.commit(150);
        ring.commit(20);
        INFO("short of a chunk by " << short_of);
        REQUIRE(numbers(ring.left(0)) == list{1, 2, 3});
    }
}

TEST_CASE("an op larger than a chunk lies in the ring, wherever in it") {
    const temporary_folder folder;
    mapped ring(folder / "ring", 16 * ring_chunk_bytes);
    std::mt19937 random(6);
    for (int i = 0; i < 300; ++i) {
        if (random() % 3 != 0) ring.commit(random() % 100'000);
        if (random() % 3 == 0) ring.append(random() % 1'000);
        const auto here = ring.queue.mark(ring.cursor);
        if (random() % 4 == 0) {
            ring.append(random() % (3 * ring_chunk_bytes));
            ring.append(random() % 2'000);
            ring.queue.cut(ring.cursor, here);
        }
        ring.append(ring_chunk_bytes - 100 + random() % (random() % 2 == 0 ? 200 : 2 * ring_chunk_bytes));
        if (random() % 3 == 0) ring.append(random() % 300'000);
        ring.queue.seal(ring.cursor, 0);
        list expected;
        for (std::uint64_t n = ring.logged + 1; n <= ring.queue.sealed(); ++n) expected.push_back(n);
        INFO("after " << i);
        REQUIRE(ring.queue.heap_bytes() == 0);
        REQUIRE(numbers(ring.left(ring.logged)) == expected);
        ring.take_all();
        REQUIRE(ring.left(ring.logged).frames.empty());
    }
}

TEST_CASE("a frame that did not fit is named, and those before it are found") {
    const temporary_folder folder;
    mapped ring(folder / "ring", 2 * ring_chunk_bytes);
    ring.commit(100);
    for (int i = 0; i < 4; ++i) ring.append(200'000);
    ring.queue.seal(ring.cursor, 0);
    ring.commit(10);
    REQUIRE(ring.queue.heap_bytes() != 0);
    CHECK(numbers(ring.left(0)) == list{1});
    CHECK(ring.left(0).only_on_heap == 2);
    ring.take_all(); // the open frame is still on the heap
    CHECK(ring.left(3).frames.empty());
    for (int i = 0; i < 9; ++i) {
        ring.commit(100'000);
        ring.take_all();
    }
    ring.commit(300);
    const std::uint64_t last = ring.queue.sealed();
    REQUIRE(ring.queue.heap_bytes() == 0);
    CHECK(numbers(ring.left(last - 1)) == list{last});
}

TEST_CASE("what is taken back before a seal is not found") {
    const temporary_folder folder;
    mapped ring(folder / "ring", 2 * ring_chunk_bytes);
    ring.append(10);
    const auto here = ring.queue.mark(ring.cursor);
    for (int i = 0; i < 4; ++i) ring.append(200'000); // to the heap and back
    ring.queue.cut(ring.cursor, here);
    ring.commit(20);
    CHECK(numbers(ring.left(0)) == list{1});
    CHECK(ring.left(0).frames.at(0).header.payload_bytes == sizeof(section_header) + 30);
}

TEST_CASE("a ring of another run of the machine is left alone, and one of another database is refused") {
    const temporary_folder folder;
    mapped ring(folder / "ring");
    ring.commit(10);
    const auto older = read_ring(ring.path, ours, before, 0).value();
    CHECK(older.there);
    CHECK_FALSE(older.usable);
    CHECK(older.frames.empty());
    CHECK(read_ring(ring.path, before, now, 0).why().code == errc::mismatch);
    CHECK_FALSE(read_ring(folder / "other", ours, now, 0).value().there);
}

TEST_CASE("a ring that does not parse is an error that names the frame") {
    const temporary_folder folder;
    mapped ring(folder / "ring");
    ring.commit(24);
    ring.commit(24);
    const std::size_t second = ring_header_bytes + 96;
    REQUIRE(numbers(ring.left(0)) == list{1, 2});
    const auto bent = [&](std::size_t at, std::string_view bytes) {
        mapped fresh(folder / "bent");
        fresh.commit(24);
        fresh.commit(24);
        write_at(fresh.path, at, bytes);
        return read_ring(fresh.path, ours, now, 0);
    };
    CHECK(mentions_all(bent(second, "x").why().detail, folder / "bent", "frame 2: wrong magic"));
    CHECK(mentions_all(bent(second + offsetof(frame_header, payload_bytes), "x").why().detail, "frame 2: its parts"));
    CHECK(mentions_all(bent(second + 64, std::string_view("\xff\xff\xff", 3)).why().detail, "frame 2: its parts"));
    CHECK(mentions_all(bent(second + offsetof(frame_header, sections), "xxxx").why().detail, "frame 2: its parts"));
    CHECK(mentions_all(bent(0, "x").why().detail, "wrong magic"));
    CHECK(mentions_all(bent(offsetof(ring_header, start), "\1").why().detail, "begin at 1"));
    ring.take_all();
    ring.commit(10);
    write_at(ring.path, offsetof(ring_header, released), std::string(8, '\0'));
    CHECK(read_ring(ring.path, ours, now, 1).why().detail.find("it begins with frame 3") != std::string::npos);
}

TEST_CASE("of a database that was closed only the ring's header is read, unless that says that there is more") {
    const temporary_folder folder;
    mapped ring(folder / "ring");
    ring.commit(24);
    ring.commit(24);
    const auto left = [&](std::uint64_t known, bool closed) { return read_ring(ring.path, ours, now, known, closed); };
    CHECK(numbers(left(1, true).value()) == list{2});
    write_at(ring.path, ring_header_bytes + 96, "x");
    CHECK(left(1, true).why().code == errc::corrupt);
    CHECK(left(2, false).why().code == errc::corrupt);
    const left_ring nothing = left(2, true).value();
    CHECK((nothing.there && nothing.usable && nothing.frames.empty() && nothing.sealed == 2));
    CHECK_FALSE(read_ring(ring.path, ours, before, 2, true).value().usable);
    CHECK(read_ring(ring.path, before, now, 2, true).why().code == errc::mismatch);
}

TEST_CASE("a log that lacks what the ring knows to be synced is damaged") {
    const temporary_folder folder;
    mapped ring(folder / "ring");
    ring.commit(24);
    ring.commit(24);
    ring.take_all();
    ring.commit(24);
    CHECK(numbers(ring.left(2)) == list{3});
    const auto less = read_ring(ring.path, ours, now, 1);
    REQUIRE_FALSE(less);
    CHECK(less.why().code == errc::corrupt);
    CHECK(mentions_all(less.why().detail, ring.path, "frames up to 2 were synced", "ends with frame 1"));
    CHECK(read_ring(ring.path, ours, before, 1)); // the machine has been off
}

TEST_CASE("the machine's run has a number that stays") {
    CHECK(boot_id().value() != uuid{});
    CHECK(boot_id().value() == boot_id().value());
}
