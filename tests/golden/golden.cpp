// SPDX-License-Identifier: MIT
/// @file
/// Golden files: what a server of each stored format left when it was killed, kept as text, and read by today's library.
///
///     format_<n>/database.sql  the SQLite file, true up to tick 2
///     format_<n>/segment.txt   the log, with ticks 1 to 4
///     format_<n>/ring.txt      the ring, with ticks 5 and 6, and what nobody had committed
///
/// A folder never changes. When the number does, `test_golden "write the golden files"` writes the folder of the new one.
/// Say in docs/format.md and the changelog what is different.
#include <holdfast/holdfast.hpp>

#include "support/byte_text.hpp"
#include "support/catch.hpp"
#include "support/child_process.hpp"
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"
#include "support/wait.hpp"

#include <cmath>
#include <filesystem>
#include <limits>

using namespace holdfast::test;
using namespace std::chrono_literals;
using holdfast::open;
namespace fs = std::filesystem;
namespace hf = holdfast;

namespace {

enum class rank : std::uint8_t { member, leader = 7 };
struct position {
    double x = 0, y = 0;
};
struct hero {
    std::int64_t id = 0;
    std::string name{};
    std::int32_t gold = 0;
    rank is = rank::member;
    bool alive = true;
    position at{};
    std::vector<std::byte> face{};
    hf::uuid token{};
    std::optional<std::int64_t> guild{};
};
struct item {
    std::int64_t id = 0;
    std::int64_t owner = 0;
    std::uint16_t kind = 0;
    float worth = 0;
};
struct world {
    hf::table<hero, hf::primary_key<&hero::id>, hf::unique<&hero::name>> heroes;
    hf::table<item, hf::primary_key<&item::id>, hf::auto_id<&item::id>,
              hf::references<&item::owner, &hero::id, "heroes", hf::on_delete::cascade>>
        items;
};

const fake_clock standing_still;

hf::options golden_options() {
    hf::options chosen = options_with(standing_still);
    chosen.sync_every = 1h; // only when somebody waits
    chosen.ring_bytes = 1;  // as small as there is
    chosen.segment_bytes = std::size_t{1} << 16;
    return chosen;
}

/// The changes of tick 1 to 6, and then some that are never committed. `end` is called after each tick's changes.
template <class End> void play(hf::store<world>& db, End&& end) {
    for (const std::int64_t id : {1, 2, -3}) {
        db->heroes.insert({.id = id, .name = "hero " + std::to_string(id), .gold = 10}).value();
        for (std::uint16_t kind = 0; kind < 2; ++kind) db->items.insert({.owner = id, .kind = kind}).value();
    }
    end(1);
    db->heroes.erase(std::int64_t{2}).value(); // and its items
    db->heroes.set<&hero::name>(-3, "it's \xff\xfe").value();
    end(2);
    db->heroes.set<&hero::gold>(1, std::numeric_limits<std::int32_t>::min()).value();
    db->heroes.set<&hero::face>(1, std::vector<std::byte>{std::byte{0}, std::byte{255}}).value();
    db->heroes.set<&hero::at, &position::x>(1, -0.0).value();
    db->heroes.set<&hero::at, &position::y>(1, std::numeric_limits<double>::quiet_NaN()).value();
    end(3);
    db->heroes
        .update<&hero::is, &hero::guild>(1,
                                         [](rank& is, std::optional<std::int64_t>& guild) {
                                             is = rank::leader;
                                             guild = 1'234'567'890'123;
                                         })
        .value();
    db->items.insert({.owner = -3, .kind = 65'535, .worth = 0.1F}).value();
    end(4);
    db->heroes.set<&hero::token>(-3, *hf::uuid::parse("00112233-4455-6677-8899-aabbccddeeff")).value();
    db->items.erase(std::int64_t{1}).value();
    end(5);
    db->heroes.set<&hero::name>(1, "").value();
    db->heroes.set<&hero::alive>(1, false).value();
    end(6);
    db->heroes.insert({.id = 9, .name = "uncommitted"}).value();
}

/// The database as statements that make it again.
std::string sql_of(const std::string& path) {
    raw_database db(path);
    std::string text;
    for (const std::string& made : db.rows("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid"))
        text += made.substr(1, made.size() - 2) + ";\n";
    for (const std::string& quoted : db.rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY rowid")) {
        std::string columns;
        for (const std::string& name : db.rows("SELECT name FROM pragma_table_info(" + quoted + ")"))
            columns +=
                (columns.empty() ? "quote(\"" : " || ', ' || quote(\"") + name.substr(1, name.size() - 2) + "\")";
        const std::string name = quoted.substr(1, quoted.size() - 2);
        for (const std::string& row : db.rows("SELECT " + columns + " FROM \"" + name + "\" ORDER BY 1"))
            text += "INSERT INTO \"" + name + "\" VALUES (" + row.substr(1, row.size() - 2) + ");\n";
    }
    return text;
}

std::string golden_folder(std::uint32_t format) {
    return HOLDFAST_TEST_SOURCE_DIR "/golden/format_" + std::to_string(format);
}
std::string segment_path(const std::string& database) { return database + ".log/0000000000000000-0000000000000001"; }

hf::ring_header ring_start(const std::string& ring) {
    hf::ring_header start;
    std::memcpy(&start, ring.data(), sizeof(start));
    return start;
}

/// Writes the three files as a server leaves them that is killed now.
void write_golden(const std::string& to) {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    kill_when_done([&](const child_process::line& parent) {
        auto db = open<world>(path, golden_options());
        if (!db) return parent.say(db.why().message());
        play(*db, [&](hf::tick tick) {
            db->commit();
            if (tick <= 4) (void)db->wait_durable(tick, long_enough);
            if (tick == 2) (void)db->save_all(long_enough);
        });
        const auto given_back = [&] { // the last store of a sync that was waited for
            return ring_start(bytes_of_file(path + ".ring")).start != 0;
        };
        parent.say(eventually(given_back) ? "done" : "the ring never gave its space back");
        parent.wait();
    });
    write_file(to + "/segment.txt", text_of_bytes(bytes_of_file(segment_path(path))));
    write_file(to + "/ring.txt", text_of_bytes(bytes_of_file(path + ".ring")));
    write_file(to + "/database.sql", sql_of(path));
}

/// The files that the golden ones stand for, in `folder`. The ring becomes one of this run of the machine.
std::string unpack(const std::string& golden, const temporary_folder& folder) {
    std::string path = folder / "world.db";
    raw_database(path).run("BEGIN;" + bytes_of_file(golden + "/database.sql") + "COMMIT;");
    fs::create_directory(path + ".log");
    write_file(segment_path(path), bytes_of_text(bytes_of_file(golden + "/segment.txt")));
    std::string ring = bytes_of_text(bytes_of_file(golden + "/ring.txt"));
    const hf::uuid boot = hf::boot_id().value();
    std::memcpy(ring.data() + offsetof(hf::ring_header, boot), &boot, sizeof(boot));
    write_file(path + ".ring", ring);
    return path;
}

/// The world of a golden file: as it was played, without what was not committed.
world_lines played() {
    auto db = open<world>(":memory:", golden_options()).value();
    world_lines last;
    play(db, [&](hf::tick) { last = memory_lines(*db); });
    return last;
}

void blank(std::string& bytes, std::size_t at, std::size_t count) { bytes.replace(at, count, count, '\0'); }

/// The text of a segment without what chance gives: ids, epoch and the checksums that follow from it.
std::string without_chance(const std::string& segment) {
    std::string bytes = bytes_of_text(segment);
    blank(bytes, offsetof(hf::segment_header, crc), 4);
    blank(bytes, offsetof(hf::segment_header, database), 32);
    blank(bytes, offsetof(hf::segment_header, epoch), 4);
    for (std::size_t at = 0; (at = bytes.find("HFfr", at)) != std::string::npos; at += sizeof(hf::frame_header)) {
        blank(bytes, at + offsetof(hf::frame_header, crc), 4);
        blank(bytes, at + offsetof(hf::frame_header, previous_crc), 4);
    }
    return text_of_bytes(bytes);
}
std::string ring_without_chance(const std::string& ring) {
    std::string bytes = bytes_of_text(ring);
    blank(bytes, offsetof(hf::ring_header, database), 32);
    return text_of_bytes(bytes);
}

} // namespace

TEST_CASE("write the golden files", "[.]") {
    const std::string to = golden_folder(hf::format_number);
    fs::create_directories(to);
    write_golden(to);
}

TEST_CASE("the golden files of every format are read, every row of them") {
    for (std::uint32_t format = 1; format <= hf::format_number; ++format) {
        INFO("format " << format);
        const temporary_folder folder;
        const std::string path = unpack(golden_folder(format), folder);
        auto db = open<world>(path, golden_options()).value();
        CHECK_FALSE(db.created());
        CHECK(db.recovery().saved == 2);
        CHECK(db.recovery().recovered == 6);
        CHECK(db.recovery().from_ring == 2);
        CHECK(db.recovery().dropped_bytes == 0);
        CHECK(db.recovery().lost_from == 0);
        CHECK(memory_lines(*db) == played());
        CHECK(std::signbit(db->heroes.find(1)->at.x));
        const auto next = db->items.insert({.owner = 1}).value();
        CHECK(next->id > 7); // what was leased is not given again
        CHECK(db.commit() == 7);
        close_and_compare(db, path);
    }
}

TEST_CASE("what is in the golden files is what docs/format.md says") {
    const std::string golden = golden_folder(1);
    const std::string segment = bytes_of_text(bytes_of_file(golden + "/segment.txt"));
    const auto view = hf::read_segment({reinterpret_cast<const std::byte*>(segment.data()), segment.size()}).value();
    CHECK(view.header.number == 1);
    CHECK(view.header.first_frame == 1);
    REQUIRE(view.schema.tables.size() == 2);
    CHECK(view.schema.tables[0].columns ==
          std::vector<std::string>{"id", "name", "gold", "is", "alive", "at_x", "at_y", "face", "token", "guild"});
    CHECK(view.schema.tables[1].structural == std::vector<std::uint8_t>{1, 1, 0, 0});
    hf::bytes_view rest = view.frames;
    for (std::uint64_t number = 1; number <= 4; ++number) {
        const auto frame = hf::read_frame(rest, view.header.epoch).value();
        CHECK(frame.header.number == number);
        CHECK(frame.header.synced_through == number - 1);
        CHECK(frame.header.wall_us == standing_still.wall_us());
        rest = rest.subspan(frame.stored_bytes);
    }
    CHECK_FALSE(hf::read_frame(rest, view.header.epoch));
    const hf::ring_header start = ring_start(bytes_of_text(bytes_of_file(golden + "/ring.txt")));
    CHECK(start.database == view.header.database);
    CHECK(start.released == 4);
    CHECK(start.chunks == 2);
}

TEST_CASE("what is written today is what the golden files of the present format have") {
    const temporary_folder folder;
    write_golden(folder.path());
    const std::string golden = golden_folder(hf::format_number);
    CHECK(without_chance(bytes_of_file(folder / "segment.txt")) ==
          without_chance(bytes_of_file(golden + "/segment.txt")));
    CHECK(ring_without_chance(bytes_of_file(folder / "ring.txt")) ==
          ring_without_chance(bytes_of_file(golden + "/ring.txt")));
    const auto sql = [](std::string text) { // but for the id
        const std::size_t id = text.find("X'", text.find("INSERT INTO \"holdfast_meta\""));
        return text.erase(id, 34);
    };
    CHECK(sql(bytes_of_file(folder / "database.sql")) == sql(bytes_of_file(golden + "/database.sql")));
}
