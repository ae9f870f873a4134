// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/queue/log.hpp and read_log.hpp: frames that are not in memory any more, and frames that were dropped.
#include <holdfast/queue/log.hpp>
#include <holdfast/queue/read_log.hpp>

#include "support/catch.hpp"
#include "support/io_faults.hpp"
#include "support/op_writer.hpp"
#include "support/temporary_folder.hpp"
#include "support/words.hpp"

using namespace holdfast;
using holdfast::test::bytes_of_file;
using holdfast::test::io_faults;
using holdfast::test::mentions_all;
using holdfast::test::op_writer;
using holdfast::test::temporary_folder;
using holdfast::test::write_file;

namespace {

const uuid ours = *uuid::parse("00112233-4455-6677-8899-aabbccddeeff");
constexpr std::size_t everything = ~std::size_t{0};
using list = std::vector<std::uint64_t>;

/// A log in small segments, each frame with its number in it.
struct writer {
    explicit writer(std::string in) : folder(std::move(in)) {
        auto files = std::make_unique<log_files>(log_place{folder, ours, uuid{}, {}, 0, 4'096}, log_schema{}, 7);
        files->begin({1}).value();
        log.emplace(7, 0, std::move(files), 0, 1'000);
    }
    void append(std::size_t frames, resync_marks resync = {}) {
        for (; frames != 0; --frames) {
            const auto section = op_writer().raw(std::string(300, static_cast<char>(++last))).section();
            const bytes_view view(section);
            sealed_frame frame;
            frame.header.number = last;
            frame.header.sections = 1;
            frame.header.payload_bytes = view.size();
            frame.header.resync_begins = resync.begins;
            frame.header.resync_ends = resync.ends;
            frame.sections = {&view, 1};
            log->append(frame);
        }
    }
    void append_synced(std::size_t frames, resync_marks resync = {}) {
        append(frames, resync);
        log->sync().value();
    }
    /// Frames are dropped, and so are `more`, which never come.
    void drop(std::uint64_t more, std::uint64_t keep = 0) {
        log->give_up(keep);
        last += more;
    }
    std::string folder;
    std::optional<frame_log> log;
    std::uint64_t last = 0;
};

list numbers(const std::vector<bytes_view>& frames) {
    list found;
    for (const bytes_view one : frames) {
        const auto frame = read_frame(one, 7).value();
        CHECK(frame.payload.back() == static_cast<std::byte>(frame.header.number));
        found.push_back(frame.header.number);
    }
    return found;
}
list from_to(std::uint64_t first, std::uint64_t last) {
    list all;
    for (; first <= last; ++first) all.push_back(first);
    return all;
}
/// Everything behind `after`, part by part.
list read_all(const frame_log& log, std::uint64_t after, std::size_t max_bytes) {
    list all;
    while (after < log.durable()) {
        const auto part = log.read_part(after, max_bytes).value();
        for (const std::uint64_t one : numbers(part.frames)) all.push_back(one);
        REQUIRE(all.back() > after);
        after = all.back();
    }
    return all;
}
found_log found_in(const writer& of, std::uint64_t applied = 0) { return read_log(of.folder, ours, applied).value(); }
list numbers(const found_log& log) {
    list found;
    for (const found_frame& one : log.frames) found.push_back(one.number());
    return found;
}

} // namespace

TEST_CASE("frames that memory has forgotten are read from the files, part by part") {
    const temporary_folder folder;
    writer of(folder / "");
    of.append_synced(60);
    CHECK(of.log->bytes() > 20'000);
    of.log->forget_synced();
    CHECK(of.log->bytes() == 0);
    of.append(5); // not synced: in memory alone
    of.log->forget_synced();
    CHECK(of.log->bytes() != 0);
    CHECK(read_all(*of.log, 0, 1'000) == from_to(1, 60));
    CHECK(read_all(*of.log, 33, everything) == from_to(34, 60));
    CHECK_FALSE(of.log->holds_all());
    of.log->sync().value();
    CHECK(read_all(*of.log, 0, everything) == from_to(1, 65));
    of.log->drop_through(62);
    CHECK(of.log->holds_all());
    CHECK(read_all(*of.log, 62, everything) == from_to(63, 65));
}

TEST_CASE("a part stays readable when memory forgets it") {
    const temporary_folder folder;
    writer of(folder / "");
    of.append_synced(20);
    const auto part = of.log->read_part(0, everything).value();
    of.log->forget_synced();
    of.append_synced(20);
    of.log->give_up(0);
    of.append(20);
    CHECK(numbers(part.frames) == from_to(1, 20));
}

TEST_CASE(
    "what was written and could not be synced is not read before it is durable, also where a gap comes behind it") {
    const temporary_folder folder;
    writer of(folder / "");
    of.append_synced(3);
    of.append(2);
    {
        io_faults faults([](system_call::kind what, std::string_view) { return what == system_call::kind::sync; });
        faults.fail(1, io_faults::for_good, EIO);
        CHECK_FALSE(of.log->sync()); // the file has all five
    }
    of.log->forget_synced();
    of.drop(20, 5); // what the ring has stays
    REQUIRE(of.log->durable() == 3);
    CHECK(read_all(*of.log, 1, everything) == from_to(2, 3));
    of.log->drop_through(3);
    of.append(1, {1, 1});
    CHECK(of.log->sync());
    CHECK(read_all(*of.log, 3, everything) == list{4, 5, 26}); // the resync makes up for what was dropped
}

TEST_CASE("behind a gap nothing is durable before a resync that began behind it has ended and is synced") {
    const temporary_folder folder;
    writer of(folder / "");
    of.append_synced(10);
    of.append_synced(1, {1, 1}); // before the gap: it makes up for nothing behind it
    of.append(4);
    of.drop(20);
    CHECK(of.log->durable() == 11);
    CHECK(of.log->gap_open());
    CHECK(of.log->gap_behind(11));
    CHECK_FALSE(of.log->gap_behind(10));
    CHECK(found_in(of).gaps.empty());
    of.append_synced(1, {2, 0});
    of.append_synced(20);
    CHECK(of.log->durable() == 11);
    CHECK(of.log->synced() == 56);
    CHECK(of.log->find_resync(2).last == 0);
    const found_log cut = found_in(of);
    CHECK_FALSE(cut.damage);
    REQUIRE(cut.gaps.size() == 1);
    CHECK(cut.gaps[0].from == 12);
    CHECK(cut.gaps[0].behind == 36);
    list expected = from_to(1, 11);
    for (const std::uint64_t one : from_to(36, 56)) expected.push_back(one);
    CHECK(numbers(cut) == expected);

    of.append(1, {0, 2});
    CHECK(of.log->durable() == 11);
    of.log->sync().value();
    CHECK(of.log->durable() == 57);
    CHECK_FALSE(of.log->gap_open());
    CHECK(of.log->find_resync(0).last == 57);
    CHECK(of.log->find_resync(3).last == 0);
    for (const bool forget : {false, true}) {
        if (forget) of.log->forget_synced();
        CAPTURE(forget);
        CHECK(numbers(of.log->read_part(10, everything).value().frames) == list{11}); // not over the gap
        CHECK(numbers(of.log->read_part(11, 1'000).value().frames).front() == 36);
        CHECK(read_all(*of.log, 0, 1'000).size() == 11 + 22);
    }
    of.log->drop_through(57);
    CHECK_FALSE(of.log->gap_behind(11));
    CHECK(of.log->holds_all());
}

TEST_CASE("a resync that is cut by a gap, or that another one follows, is not whole") {
    const auto end_of = [](std::initializer_list<std::pair<std::uint64_t, resync_marks>> frames,
                           const std::vector<log_gap>& gaps) {
        whole_resync_search search(gaps);
        for (const auto& [number, marks] : frames) {
            frame_header header;
            header.number = number;
            header.resync_begins = marks.begins;
            header.resync_ends = marks.ends;
            search.see(header);
        }
        return search.end();
    };
    CHECK(end_of({{1, {1, 0}}, {2, {}}, {3, {0, 1}}}, {}) == 3);
    CHECK(end_of({{1, {1, 1}}}, {}) == 1);
    CHECK(end_of({{1, {1, 0}}, {5, {0, 1}}}, {{2, 5, 0}}) == 0);
    CHECK(end_of({{1, {1, 0}}, {2, {2, 0}}, {3, {0, 1}}}, {}) == 0);
    CHECK(end_of({{1, {1, 0}}, {2, {2, 0}}, {3, {0, 2}}, {4, {3, 0}}}, {}) == 3);
    CHECK(end_of({{2, {}}, {3, {0, 1}}}, {}) == 0); // its begin is not there
}

TEST_CASE("frames of a segment that could not be synced are no frames behind the gap") {
    const temporary_folder folder;
    writer of(folder / "");
    of.append_synced(5);
    {
        io_faults faults([](auto what, std::string_view) { return what == io_faults::kind::sync; });
        faults.fail(1, io_faults::for_good, EIO);
        of.append(5); // written, and perhaps on the disk
        CHECK_FALSE(of.log->sync());
        of.drop(10);
        of.append(2, {1, 0});
        CHECK_FALSE(of.log->sync()); // nor is the segment behind the gap
    }
    of.append_synced(2, {0, 1});
    const found_log log = found_in(of);
    CHECK_FALSE(log.damage);
    REQUIRE(log.gaps.size() == 1);
    CHECK(log.gaps[0].from == 6);
    CHECK(log.gaps[0].behind == 21);
    CHECK(numbers(log) == list{1, 2, 3, 4, 5, 21, 22, 23, 24});
    of.log->forget_synced();
    CHECK(read_all(*of.log, 0, everything) == list{1, 2, 3, 4, 5, 21, 22, 23, 24});
}

TEST_CASE("damage before a resync that is whole is none, and any other is") {
    const temporary_folder folder;
    writer of(folder / "");
    of.append_synced(60);
    of.log->drop_through(20); // SQLite has them
    of.log->forget_synced();
    std::vector<std::string> segments;
    const auto names = names_in(of.folder).value();
    for (const std::string& name : names) segments.push_back(of.folder + "/" + name);
    std::string bytes = bytes_of_file(segments[3]);
    bytes[2'000] ^= 1;
    write_file(segments[3], bytes);
    std::uint64_t last = 20;
    for (auto part = of.log->read_part(last, everything); part; part = of.log->read_part(last, everything))
        last = numbers(part->frames).back();
    CHECK((last > 30 && last < 50));
    CHECK(of.log->take_unreadable());
    CHECK_FALSE(of.log->take_unreadable());
    CHECK(mentions_all(of.log->read_part(last, everything).why().detail, segments[3],
                       "tick " + std::to_string(last + 1)));
    CHECK(found_in(of, last).damage);

    of.append_synced(1, {1, 0});
    CHECK(found_in(of, last).damage); // begun, and not ended
    of.append_synced(3, {0, 1});
    CHECK(of.log->find_resync(1).first == 61);
    const found_log log = found_in(of, last);
    CHECK_FALSE(log.damage);
    REQUIRE(log.gaps.size() == 1);
    CHECK(log.gaps[0].from == last + 1);
    CHECK(log.gaps[0].behind == 41); // the next segment begins there
    CHECK(log.last == 64);
    CHECK(read_all(*of.log, 60, everything) == from_to(61, 64));
}

TEST_CASE("a log that is written again keeps its gap") {
    const temporary_folder folder;
    writer of(folder / "");
    of.append_synced(20);
    of.drop(5);
    of.append_synced(1, {1, 0});
    of.append_synced(20);
    of.append_synced(1, {0, 1});
    const auto names = names_in(of.folder).value();
    remove_file(of.folder + "/" + names[1]).value();
    CHECK_FALSE(of.log->look());
    CHECK(of.log->holds_all());
    of.log->sync().value();
    const found_log log = found_in(of);
    CHECK_FALSE(log.damage);
    REQUIRE(log.gaps.size() == 1);
    CHECK(log.gaps[0].from == 21);
    CHECK(log.gaps[0].behind == 26);
    CHECK(log.frames.size() == 20 + 22);
    CHECK(of.log->durable() == 47);
}

TEST_CASE("frames that are kept before a gap are written with what is behind it, and are durable before that counts") {
    const temporary_folder folder;
    writer of(folder / "");
    of.append_synced(5);
    of.append(10);
    of.drop(3, 11); // 12 to 18
    CHECK(of.log->durable() == 5);
    of.append_synced(1, {1, 0});
    CHECK(of.log->synced() == 19);
    CHECK(of.log->durable() == 11);
    const found_log log = found_in(of);
    CHECK_FALSE(log.damage);
    REQUIRE(log.gaps.size() == 1);
    CHECK(log.gaps[0].from == 12);
    CHECK(log.gaps[0].crc_before == log.frames[10].header.crc);
    of.append_synced(1, {0, 1});
    CHECK(of.log->durable() == 20);
    list expected = from_to(1, 11);
    expected.insert(expected.end(), {19, 20});
    CHECK(read_all(*of.log, 0, everything) == expected);
    of.log->forget_synced();
    CHECK(read_all(*of.log, 0, everything) == expected);
}
