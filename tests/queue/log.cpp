// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/queue/log.hpp.
#include <holdfast/queue/log.hpp>

#include "support/catch.hpp"
#include "support/op_writer.hpp"

#include <string>
#include <thread>

using holdfast::bytes_view;
using holdfast::frame_header;
using holdfast::frame_log;
using holdfast::read_frame;
using holdfast::test::log_editor;
using holdfast::test::op_writer;

namespace {

constexpr std::size_t everything = static_cast<std::size_t>(-1);

/// Appends a frame that takes `bytes` in the log, its headers included.
std::uint64_t append(log_editor& editor, std::size_t bytes) {
    return editor.append(op_writer().raw(std::string(bytes - 72, static_cast<char>('a' + editor.last % 26))));
}

std::vector<std::uint64_t> numbers(const frame_log& log, std::uint64_t after, std::size_t max_bytes) {
    std::vector<std::uint64_t> found;
    for (const bytes_view stored : log.read(after, max_bytes)) {
        const auto frame = read_frame(stored, log.epoch());
        REQUIRE(frame);
        REQUIRE(frame->stored_bytes == stored.size());
        found.push_back(frame->header.number);
    }
    return found;
}

using list = std::vector<std::uint64_t>;

} // namespace

TEST_CASE("a frame is read once it is durable and not before") {
    log_editor editor(7, 10);
    CHECK(editor.log.durable() == 10);
    append(editor, 100);
    append(editor, 100);
    CHECK(editor.log.durable() == 10);
    CHECK(numbers(editor.log, 10, everything).empty());
    REQUIRE(editor.log.sync());
    CHECK(editor.log.durable() == 12);
    append(editor, 100);
    CHECK(numbers(editor.log, 10, everything) == list{11, 12});
    REQUIRE(editor.log.sync());
    CHECK(numbers(editor.log, 10, everything) == list{11, 12, 13});
    CHECK(numbers(editor.log, 12, everything) == list{13});
    CHECK(numbers(editor.log, 13, everything).empty());
}

TEST_CASE("reading gives whole frames up to a size, and at least one") {
    log_editor editor;
    for (int i = 0; i < 5; ++i) append(editor, 100);
    REQUIRE(editor.log.sync());
    CHECK(numbers(editor.log, 0, 0) == list{1});
    CHECK(numbers(editor.log, 0, 199) == list{1});
    CHECK(numbers(editor.log, 0, 200) == list{1, 2});
    CHECK(numbers(editor.log, 2, 299) == list{3, 4});
    CHECK(numbers(editor.log, 0, 500) == list{1, 2, 3, 4, 5});
}

TEST_CASE("frames fill one segment after the other, and one that is larger has its own") {
    log_editor editor(7, 0, 1'000);
    for (const std::size_t bytes : {400u, 400u, 400u, 5'000u, 100u, 900u, 100u}) append(editor, bytes);
    REQUIRE(editor.log.sync());
    CHECK(editor.log.bytes() == 7'300);
    CHECK(numbers(editor.log, 0, everything) == list{1, 2, 3, 4, 5, 6, 7});
    CHECK(numbers(editor.log, 0, 1'200) == list{1, 2, 3});
    CHECK(numbers(editor.log, 3, 5'000) == list{4});
}

TEST_CASE("segments are dropped when all their frames may go") {
    log_editor editor(7, 0, 1'000);
    for (int i = 0; i < 10; ++i) append(editor, 400); // two in each segment
    REQUIRE(editor.log.sync());
    CHECK(editor.log.bytes() == 4'000);
    editor.log.drop_through(1);
    CHECK(editor.log.bytes() == 3'600); // no longer counted, though its segment is still needed
    CHECK(numbers(editor.log, 1, everything).size() == 9);
    editor.log.drop_through(2);
    CHECK(editor.log.bytes() == 3'200);
    CHECK(numbers(editor.log, 2, everything) == list{3, 4, 5, 6, 7, 8, 9, 10});
    editor.log.drop_through(7);
    CHECK(editor.log.bytes() == 1'200);
    CHECK(numbers(editor.log, 7, everything) == list{8, 9, 10});
    // The last segment is being written to; it stays.
    editor.log.drop_through(10);
    CHECK(editor.log.bytes() == 0);
    CHECK(numbers(editor.log, 10, everything).empty());
    append(editor, 400);
    CHECK(editor.log.bytes() == 400);
    editor.log.drop_through(5); // what is gone is not counted twice
    CHECK(editor.log.bytes() == 400);
    REQUIRE(editor.log.sync());
    CHECK(numbers(editor.log, 10, everything) == list{11});
}

TEST_CASE("frames that were read stay where they are until they are dropped") {
    log_editor editor(7, 0, 1'000);
    append(editor, 300);
    REQUIRE(editor.log.sync());
    const auto before = editor.log.read(0, everything);
    const std::string copy(reinterpret_cast<const char*>(before[0].data()), before[0].size());
    for (int i = 0; i < 100; ++i) append(editor, 300);
    REQUIRE(editor.log.sync());
    CHECK(editor.log.read(0, everything)[0].data() == before[0].data());
    CHECK(std::string(reinterpret_cast<const char*>(before[0].data()), before[0].size()) == copy);
}

TEST_CASE("each frame names the checksum of the one before and how far the log was synced") {
    log_editor editor(99, 0, 1'000); // several segments: the chain goes on across them
    for (int i = 0; i < 4; ++i) append(editor, 400);
    REQUIRE(editor.log.sync());
    for (int i = 0; i < 4; ++i) append(editor, 400);
    std::uint32_t previous = 0;
    for (const bytes_view stored : editor.frames()) {
        const auto frame = read_frame(stored, 99);
        REQUIRE(frame);
        CAPTURE(frame->header.number);
        CHECK(frame->header.previous_crc == previous);
        CHECK(frame->header.synced_through == (frame->header.number <= 4 ? 0 : 4));
        previous = frame->header.crc;
    }
}

TEST_CASE("checksums are seeded by the log's epoch") {
    log_editor one(1), two(2);
    append(one, 100);
    append(two, 100);
    const auto stored = one.frames();
    CHECK(read_frame(stored[0], one.log.epoch()));
    CHECK_FALSE(read_frame(stored[0], two.log.epoch()));
    CHECK(read_frame(two.frames()[0], 2));
}

TEST_CASE("a frame of several sections is stored without gaps") {
    log_editor editor;
    op_writer first, second;
    first.raw("first");
    second.raw("second");
    editor.append_sections({first.section(), op_writer().section(), second.section()});
    const auto frame = read_frame(editor.frames()[0], 7);
    REQUIRE(frame);
    CHECK(frame->header.sections == 3);
    const std::string payload(reinterpret_cast<const char*>(frame->payload.data()), frame->payload.size());
    using namespace std::string_literals;
    CHECK(payload == "\x05\0\0\0\0\0\0\0first"s + "\0\0\0\0\0\0\0\0"s + "\x06\0\0\0\0\0\0\0second"s);
}

TEST_CASE("one thread appends while another reads and drops") {
    constexpr std::uint64_t frames = 50'000;
    log_editor editor(5, 0, 20'000);
    std::thread appender([&] {
        for (std::uint64_t i = 0; i < frames; ++i) {
            append(editor, 80 + i % 300);
            if (i % 7 == 0 || i + 1 == frames) static_cast<void>(editor.log.sync());
        }
    });
    std::uint64_t last = 0;
    std::uint64_t mistakes = 0;
    while (last < frames) {
        const auto found = editor.log.read(last, 10'000);
        for (const bytes_view stored : found) {
            const auto frame = read_frame(stored, 5);
            if (!frame || frame->header.number != last + 1) ++mistakes;
            ++last;
        }
        if (found.empty()) std::this_thread::yield();
        if (editor.log.durable() < last) ++mistakes;
        editor.log.drop_through(last);
    }
    appender.join();
    CHECK(mistakes == 0);
    CHECK(editor.log.bytes() == 0);
}
