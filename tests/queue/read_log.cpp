// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/queue/segment.hpp, log_files.hpp and read_log.hpp: what is written is read back; what is cut short,
/// damaged or foreign is told from it.
#include <holdfast/queue/log.hpp>
#include <holdfast/queue/read_log.hpp>

#include "support/catch.hpp"
#include "support/io_faults.hpp"
#include "support/op_writer.hpp"
#include "support/temporary_folder.hpp"
#include "support/words.hpp"

#include <filesystem>
#include <fstream>

using namespace holdfast;
using holdfast::test::mentions_all;
using holdfast::test::op_writer;
using holdfast::test::temporary_folder;

namespace {

const uuid ours = *uuid::parse("00112233-4455-6677-8899-aabbccddeeff");
constexpr std::uint32_t epoch = 77;
constexpr std::size_t small_segment = 4'096;

log_schema some_schema() {
    return {{{"heroes", {"id", "name"}, {0}, {1, 0}}, {"items", {"id", "owner", "kind"}, {0, 1}, {1, 1, 0}}}};
}

/// A log in a folder, written by hand.
struct writer {
    explicit writer(const std::string& folder, std::uint64_t last_segment = 0, std::uint64_t durable = 0,
                    std::uint32_t crc = 0)
        : last(durable) {
        auto files = std::make_unique<log_files>(log_place{folder, ours, uuid{}, {}, last_segment, small_segment},
                                                 some_schema(), epoch);
        files->begin({durable + 1, crc}).value();
        log.emplace(epoch, durable, std::move(files), crc);
    }
    void append(std::size_t bytes) {
        const auto section = op_writer().raw(std::string(bytes, 'x')).section();
        const bytes_view view(section);
        sealed_frame frame;
        frame.header.number = ++last;
        frame.header.sections = 1;
        frame.header.payload_bytes = view.size();
        frame.sections = {&view, 1};
        log->append(frame);
    }
    void append_synced(std::size_t bytes) {
        append(bytes);
        log->sync().value();
    }
    std::optional<frame_log> log;
    std::uint64_t last;
};

std::vector<std::string> segments_in(const std::string& folder) {
    std::vector<std::string> found;
    const auto names = names_in(folder).value();
    for (const std::string& name : names) found.push_back(folder + "/" + name);
    return found;
}
std::string read_file(const std::string& path) {
    std::ifstream from(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(from), {}};
}
void write_file(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }
std::size_t used_bytes(const std::string& segment) { return segment.find_last_not_of('\0') + 1; }

} // namespace

TEST_CASE("a log is read back over its segments, with names, numbers and checksums") {
    const temporary_folder folder;
    writer to(folder / "");
    for (int i = 0; i < 40; ++i) to.append_synced(300);
    to.append_synced(10'000); // more than a segment
    to.append_synced(10);
    const auto log = read_log(folder / "", ours, 0).value();
    CHECK_FALSE(log.damage);
    CHECK(log.dropped_bytes == 0);
    CHECK(log.segments.size() >= 5);
    REQUIRE(log.frames.size() == 42);
    for (std::size_t i = 0; i < 42; ++i) CHECK(log.frames[i].number() == i + 1);
    CHECK(log.last == 42);
    CHECK(log.last_crc == to.log->last_crc());
    for (const found_log::segment& one : log.segments) {
        CHECK(one.view.schema.tables.at(1).name == "items");
        CHECK(one.view.schema.tables.at(1).columns == std::vector<std::string>{"id", "owner", "kind"});
        CHECK(one.view.schema.tables.at(1).key == std::vector<std::uint8_t>{0, 1});
        CHECK(one.view.schema.tables.at(1).structural == std::vector<std::uint8_t>{1, 1, 0});
    }
}

TEST_CASE("segments go when everything in them is elsewhere, and the last one stays") {
    const temporary_folder folder;
    writer to(folder / "");
    for (int i = 0; i < 40; ++i) to.append_synced(300);
    const std::size_t before = segments_in(folder / "").size();
    to.log->drop_through(20);
    to.log->tidy().value();
    const auto some = read_log(folder / "", ours, 20).value();
    CHECK_FALSE(some.damage);
    CHECK(some.segments.size() < before);
    CHECK(some.frames.front().number() <= 21);
    CHECK(some.last == 40);
    to.log->drop_through(40);
    to.log->tidy().value();
    CHECK(segments_in(folder / "").size() == 1);
}

TEST_CASE("a log that ends anywhere is a log that is shorter, when what is missing was not synced") {
    const temporary_folder folder;
    {
        writer to(folder / "");
        for (int i = 0; i < 5; ++i) to.append(30 + static_cast<std::size_t>(i));
        to.log->sync().value();
    }
    const std::string path = segments_in(folder / "").at(0);
    const std::string whole = read_file(path);
    const std::size_t begin = read_log(folder / "", ours, 0).value().segments.at(0).view.frames_at;
    std::size_t last = 0;
    for (std::size_t length = begin; length <= used_bytes(whole); ++length) {
        write_file(path, whole.substr(0, length)); // as a file that lost its end
        const auto cut = read_log(folder / "", ours, 0).value();
        CHECK_FALSE(cut.damage);
        CHECK(cut.last >= last);
        last = cut.last;
        write_file(path,
                   whole.substr(0, length) + std::string(whole.size() - length, '\0')); // as one of unwritten blocks
        const auto torn = read_log(folder / "", ours, 0).value();
        CHECK_FALSE(torn.damage);
        CHECK(torn.last >= cut.last);
    }
    CHECK(last == 5);
}

TEST_CASE("a bit that flips in a synced frame is damage, with the file and the place") {
    const temporary_folder folder;
    {
        writer to(folder / "");
        for (int i = 0; i < 6; ++i) to.append_synced(20); // each says that the one before is synced
    }
    const std::string path = segments_in(folder / "").at(0);
    const std::string whole = read_file(path);
    const auto log = read_log(folder / "", ours, 0).value();
    const std::size_t begin = log.segments.at(0).view.frames_at;
    const std::size_t one = log.frames.at(1).at - log.frames.at(0).at;
    const std::size_t known = begin + 5 * one; // of frame 6 nobody says that it was synced
    for (std::size_t bit = begin * 8; bit < known * 8; ++bit) {
        std::string bent = whole;
        bent[bit / 8] = static_cast<char>(bent[bit / 8] ^ 1 << bit % 8);
        write_file(path, bent);
        const auto found = read_log(folder / "", ours, 0).value();
        INFO("bit " << bit);
        REQUIRE(found.damage);
        REQUIRE(found.damage->code == errc::corrupt);
        REQUIRE(found.last == (bit / 8 - begin) / one);
        REQUIRE(mentions_all(found.damage->detail, path, "at byte"));
    }
    for (std::size_t bit = known * 8; bit < (known + one) * 8; ++bit) {
        std::string bent = whole;
        bent[bit / 8] = static_cast<char>(bent[bit / 8] ^ 1 << bit % 8);
        write_file(path, bent);
        const auto found = read_log(folder / "", ours, 0).value();
        INFO("bit " << bit);
        REQUIRE_FALSE(found.damage);
        REQUIRE(found.last == 5);
        REQUIRE(found.dropped_bytes != 0);
    }
}

TEST_CASE("a bit that flips in the start of a segment is an error that names the file") {
    const temporary_folder folder;
    { writer to(folder / ""); }
    const std::string path = segments_in(folder / "").at(0);
    const std::string whole = read_file(path);
    const std::size_t begin = read_log(folder / "", ours, 0).value().segments.at(0).view.frames_at;
    for (std::size_t bit = 0; bit < begin * 8; ++bit) {
        std::string bent = whole;
        bent[bit / 8] = static_cast<char>(bent[bit / 8] ^ 1 << bit % 8);
        write_file(path, bent);
        const auto found = read_log(folder / "", ours, 0);
        INFO("bit " << bit);
        if (found) REQUIRE(found->damage);
        REQUIRE((found ? *found->damage : found.why()).detail.find(path) != std::string::npos);
    }
}

TEST_CASE("a segment that is missing is damage, also when nothing follows but its start") {
    const temporary_folder folder;
    writer to(folder / "");
    for (int i = 0; i < 40; ++i) to.append_synced(300);
    const auto segments = segments_in(folder / "");
    std::filesystem::remove(segments.at(1));
    const auto gap = read_log(folder / "", ours, 0).value();
    REQUIRE(gap.damage);
    CHECK(mentions_all(gap.damage->detail, segments.at(0), "were synced and are missing"));
    const auto applied = read_log(folder / "", ours, 40).value(); // all of it is in the database
    CHECK_FALSE(applied.damage);
}

TEST_CASE("a later segment that begins again before the end of the one before replaces that end") {
    const temporary_folder folder;
    std::uint32_t crc = 0;
    {
        writer to(folder / "");
        for (int i = 0; i < 3; ++i) to.append_synced(20);
        crc = to.log->last_crc();
        to.append(20); // never synced, as far as anybody knows
        to.log->sync().value();
    }
    {
        writer to(folder / "", 1, 3, crc);
        to.append_synced(100);
        to.append_synced(100);
    }
    const auto log = read_log(folder / "", ours, 0).value();
    CHECK_FALSE(log.damage);
    REQUIRE(log.frames.size() == 5);
    CHECK(log.frames[3].segment == 1);
    CHECK(log.frames[3].header.payload_bytes > log.frames[2].header.payload_bytes);
}

TEST_CASE("a segment whose start cannot be read is damage, and what stands before it is read") {
    const temporary_folder folder;
    writer to(folder / "");
    for (int i = 0; i < 40; ++i) to.append_synced(300);
    const auto segments = segments_in(folder / "");
    REQUIRE(segments.size() > 3);
    write_file(segments.at(2), "");
    const auto found = read_log(folder / "", ours, 0).value();
    REQUIRE(found.damage);
    CHECK(mentions_all(found.damage->detail, segments.at(2), "and it has 0"));
    CHECK(found.segments.size() == 2);
    CHECK(found.last == found.frames.back().number());
    CHECK(found.paths == segments);
    CHECK(found.last_segment == segments.size());
}

TEST_CASE("a segment says itself which one it is") {
    const temporary_folder folder;
    { writer to(folder / ""); }
    const std::string path = segments_in(folder / "").at(0);
    std::filesystem::rename(path, folder / segment_name(0, 0xabcdef));
    const auto renamed = read_log(folder / "", ours, 0).value();
    REQUIRE(renamed.damage);
    CHECK(mentions_all(renamed.damage->detail, segment_name(0, 0xabcdef), "it is segment " + segment_name(0, 1)));
    CHECK(renamed.last_segment == 0xabcdef);
    CHECK(segment_number(segment_name(7, ~std::uint64_t{0})) == ~std::uint64_t{0});
    CHECK(is_segment_name(segment_name(7, 9)));
    CHECK_FALSE(is_segment_name("0000000000000000-000000000000000-"));
    CHECK_FALSE(is_segment_name("000000000000000--0000000000000001"));
}

TEST_CASE("the log of another database is refused") {
    const temporary_folder folder;
    { writer to(folder / ""); }
    const auto found = read_log(folder / "", *uuid::parse("ff112233-4455-6677-8899-aabbccddeeff"), 0);
    REQUIRE_FALSE(found);
    CHECK(found.why().code == errc::mismatch);
}

TEST_CASE("a folder that is not there, or with other files, is an empty log") {
    const temporary_folder folder;
    CHECK(read_log(folder / "nothing", ours, 0).value().segments.empty());
    write_file(folder / "notes.txt", "hello");
    write_file(folder / "0000000000000000-0000000000000001.new", "half");
    CHECK(read_log(folder / "", ours, 0).value().segments.empty());
}

TEST_CASE("regression: a segment that moves to the archive while the log is read is read once") {
    const temporary_folder folder;
    const std::string archive = folder / "archive";
    std::filesystem::create_directory(archive);
    {
        writer to(folder / "");
        for (int i = 0; i < 6; ++i) to.append_synced(1'500);
    }
    const auto before = names_in(folder / "").value(); // and the archive
    REQUIRE(before.size() > 3);
    int lists = 0;
    const test::io_faults moved([&](test::io_faults::kind what, std::string_view) {
        if (what == test::io_faults::kind::list && ++lists == 2)
            std::filesystem::rename(folder / before.front(), archive + "/" + before.front());
        return false;
    });
    const auto found = read_log(folder / "", ours, 0, archive).value();
    CHECK(lists == 2);
    CHECK_FALSE(found.damage);
    CHECK(found.frames.size() == 6);
    CHECK(found.segments.size() == before.size() - 1);
    CHECK(found.segments.front().path == archive + "/" + before.front());
}
