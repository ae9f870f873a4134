// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/store/recover.hpp: what a killed server left, when somebody has damaged, removed, exchanged or locked
/// away a part of it. Refused, with the file named and nothing changed; or opened without it, where that makes sense.
#include <holdfast/holdfast.hpp>

#include "support/catch.hpp"
#include "support/child_process.hpp"
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"
#include "support/unprivileged.hpp"
#include "support/words.hpp"

#include <filesystem>
#include <map>

using namespace holdfast::test;
using namespace std::chrono_literals;
using holdfast::errc;
using holdfast::if_damaged;
using holdfast::open;
using holdfast::options;
namespace fs = std::filesystem;
namespace hf = holdfast;

namespace {

struct hero {
    std::int64_t id = 0;
    std::int64_t gold = 0;
};
struct world {
    holdfast::table<hero, holdfast::primary_key<&hero::id>> heroes;
};

const fake_clock standing_still;

options small(if_damaged damaged = if_damaged::refuse) {
    options chosen = options_with(standing_still);
    chosen.ring_bytes = 1; // as small as there is
    chosen.segment_bytes = std::size_t{1} << 16;
    chosen.damaged = damaged;
    return chosen;
}

/// Tick n: hero n, and n gold for everybody. The first `saved` ticks are in SQLite; each is synced when the next one is made.
void play(holdfast::store<world>& db, std::int64_t ticks, std::int64_t saved) {
    for (std::int64_t n = 1; n <= ticks; ++n) {
        db->heroes.insert({.id = n}).value();
        for (std::int64_t id = 1; id <= n; ++id) db->heroes.set<&hero::gold>(id, n).value();
        (void)db.wait_durable(db.commit(), long_enough);
        if (n == saved) (void)db.save_all(long_enough);
    }
}

/// Whether the world is as it was after that tick.
bool is_as_after(const holdfast::store<world>& db, std::uint64_t tick) {
    for (const auto one : db->heroes)
        if (one->gold != static_cast<std::int64_t>(tick)) return false;
    return db->heroes.size() == tick;
}

/// A folder with what a server left that was killed after some ticks.
class left_behind {
public:
    explicit left_behind(std::int64_t saved = 0, std::int64_t ticks = 3) {
        kill_when_done([&](const child_process::line& parent) {
            auto db = open<world>(path(), small());
            if (!db) return parent.say(db.why().message());
            play(*db, ticks, saved);
            parent.done();
        });
    }
    [[nodiscard]] std::string path() const { return folder_ / "world.db"; }
    [[nodiscard]] std::string log() const { return path() + ".log"; }
    [[nodiscard]] std::string ring() const { return path() + ".ring"; }
    [[nodiscard]] std::string segment() const { return log() + "/0000000000000000-0000000000000001"; }
    [[nodiscard]] const temporary_folder& folder() const { return folder_; }

    /// Every file's bytes.
    [[nodiscard]] std::map<std::string, std::string> files() const {
        std::map<std::string, std::string> found;
        for (const auto& one : fs::recursive_directory_iterator(folder_.path()))
            found[one.path()] = one.is_directory() ? "a folder" : bytes_of_file(one.path());
        return found;
    }

private:
    temporary_folder folder_;
};

/// As the log's first segment has it.
hf::uuid database_id(const left_behind& left) {
    const std::string bytes = bytes_of_file(left.segment());
    hf::uuid id;
    std::memcpy(&id, bytes.data() + offsetof(hf::segment_header, database), sizeof(id));
    return id;
}

/// It is refused with that code and words, and every byte stays.
template <class... Words> void check_refused(const left_behind& left, const options& how, errc code, Words... words) {
    const auto before = left.files();
    const auto refused = open<world>(left.path(), how);
    REQUIRE_FALSE(refused);
    INFO(refused.why().message());
    CHECK(refused.why().code == code);
    CHECK(mentions_all(refused.why().detail, left.path(), words...));
    CHECK(left.files() == before);
}

/// It opens, without the ticks from `lost_from` on and with a report that says so; and goes on.
void check_opens_without(const left_behind& left, std::uint64_t lost_from) {
    {
        auto db = open<world>(left.path(), small(if_damaged::open)).value();
        CHECK(is_as_after(db, lost_from - 1));
        CHECK(db.recovery().damage);
        CHECK(db.recovery().lost_from == lost_from);
        CHECK(db.recovery().recovered == lost_from - 1);
        db->heroes.insert({.id = 1'000}).value();
        (void)db.wait_durable(db.commit(), long_enough);
    }
    auto again = open<world>(left.path(), small()).value(); // what is kept is in nobody's way
    CHECK(again->heroes.contains(1'000));
    CHECK(again.recovery().recovered == lost_from);
    close_and_compare(again, left.path());
}

void truncate(const std::string& path, std::size_t bytes) { fs::resize_file(path, bytes); }
void put(const std::string& path, std::size_t at, const std::string& bytes) {
    std::fstream to(path, std::ios::in | std::ios::out | std::ios::binary);
    to.seekp(static_cast<std::streamoff>(at));
    to << bytes;
}

} // namespace

TEST_CASE("a segment whose start cannot be read is refused, or set aside") {
    for (const std::int64_t saved : {0, 2})
        for (const int how : {0, 1, 2}) {
            const left_behind left(saved);
            INFO(how << ", saved " << saved);
            if (how == 0) truncate(left.segment(), 0);
            if (how == 1) truncate(left.segment(), 130);
            if (how == 2) put(left.segment(), 0, "something of somebody else's");
            const auto from = static_cast<std::uint64_t>(saved) + 1;
            check_refused(left, small(), errc::corrupt, left.segment(),
                          "ticks from " + std::to_string(from) + " on may be lost");
            const std::string bytes = bytes_of_file(left.segment());
            check_opens_without(left, from);
            CHECK(bytes_of_file(left.segment() + ".damaged") == bytes);
        }
}

TEST_CASE("a log folder that is empty, a segment that lost its frames: refused, or opened without") {
    for (const bool whole : {true, false}) {
        const left_behind left(1);
        if (whole)
            fs::remove(left.segment());
        else
            put(left.segment(), 200, std::string(2'000, '\0')); // the ring knows what there was
        check_refused(left, small(), errc::corrupt, "ticks from 2 on may be lost", whole ? left.log() : left.ring());
        check_opens_without(left, 2);
    }
}

TEST_CASE("a segment under another number, or of another timeline, is refused, or set aside") {
    for (const char* name : {"0000000000000000-0000000000000002", "0000000000000001-0000000000000001"}) {
        const left_behind left(1);
        fs::rename(left.segment(), left.log() + "/" + name);
        check_refused(left, small(), errc::corrupt, left.log() + "/" + name, "0000000000000000-0000000000000001",
                      "ticks from 2 on may be lost");
        check_opens_without(left, 2);
        CHECK(fs::exists(left.log() + "/" + name + ".damaged"));
    }
    const left_behind left;
    fs::copy(left.segment(), left.log() + "/0000000000000000-0000000000000007"); // it would begin all over again
    check_refused(left, small(), errc::corrupt, "-0000000000000007", "ticks from 4 on may be lost");
    check_opens_without(left, 4);
}

TEST_CASE("a log of many segments without one of them is refused, or opened up to there") {
    for (const bool last : {false, true}) {
        const left_behind left(1, 150);
        const auto segments = hf::names_in(left.log()).value();
        REQUIRE(segments.size() >= 4);
        const std::string gone = left.log() + "/" + (last ? segments.back() : segments[1]);
        fs::remove(gone);
        const std::uint64_t there = hf::read_log(left.log(), database_id(left), 1).value().last;
        REQUIRE(there < 150);
        check_refused(left, small(), errc::corrupt, last ? left.ring() : left.log() + "/" + segments[0],
                      "ticks from " + std::to_string(there + 1) + " on may be lost");
        check_opens_without(left, there + 1);
    }
}

TEST_CASE("the log and the ring of another database are refused, also where damage is not") {
    const left_behind other;
    for (const bool log : {true, false}) {
        const left_behind left;
        fs::copy(log ? other.segment() : other.ring(), log ? left.segment() : left.ring(),
                 fs::copy_options::overwrite_existing);
        for (const auto how : {if_damaged::refuse, if_damaged::open})
            check_refused(left, small(how), errc::mismatch, log ? left.segment() : left.ring(), "another database");
    }
}

TEST_CASE("a ring that is cut short, or of somebody else's, is refused, or done without") {
    for (const bool cut : {true, false}) {
        const left_behind left(1);
        if (cut)
            truncate(left.ring(), 10'000);
        else
            put(left.ring(), 0, "something of somebody else's");
        check_refused(left, small(), errc::corrupt, left.ring(), "ticks from 4 on may be lost");
        check_opens_without(left, 4); // all of them are in the log
    }
}

TEST_CASE("a folder in place of a file, and a file in place of a folder, are refused") {
    for (const int what : {0, 1, 2, 3}) {
        const left_behind left;
        const std::string place = what == 0   ? left.log()
                                  : what == 1 ? left.segment()
                                  : what == 2 ? left.ring()
                                              : left.path() + ".lock";
        fs::remove_all(place);
        if (what == 0)
            write_file(place, "a file");
        else
            fs::create_directory(place);
        for (const auto how : {if_damaged::refuse, if_damaged::open}) check_refused(left, small(how), errc::io, place);
    }
}

TEST_CASE("files that may not be read are refused, also where damage is not") {
    for (const int what : {0, 1, 2}) {
        const left_behind left;
        for (const auto& [path, bytes] : left.files()) fs::permissions(path, fs::perms::all);
        fs::permissions(left.folder().path(), fs::perms::all);
        const std::string place = what == 0 ? left.log() : what == 1 ? left.segment() : left.ring();
        fs::permissions(place, fs::perms::none);
        for (const auto how : {if_damaged::refuse, if_damaged::open}) {
            const unprivileged nobody;
            const auto refused = open<world>(left.path(), small(how));
            REQUIRE_FALSE(refused);
            CHECK(refused.why().code == errc::io);
            CHECK(mentions_all(refused.why().detail, left.path(), place, "Permission denied"));
        }
        fs::permissions(place, fs::perms::all);
        CHECK(is_as_after(open<world>(left.path(), small()).value(), 3));
    }
}

TEST_CASE("regression: the log of a database that was deleted is never taken for that of a new one") {
    const left_behind left;
    for (const char* end : {"-wal", "-shm"}) fs::remove(left.path() + end);
    write_file(left.path(), ""); // as good as none
    for (const auto how : {if_damaged::refuse, if_damaged::open})
        check_refused(left, small(how), errc::mismatch, left.log());
}

TEST_CASE("a row that somebody has put where one of the log belongs gives way when the log is replayed") {
    const left_behind from;
    raw_database(from.path()).run("INSERT INTO heroes VALUES (3, 99)"); // behind the store's back
    auto db = open<world>(from.path(), small()).value();
    CHECK(is_as_after(db, 3));
    close_and_compare(db, from.path());
}

TEST_CASE("a tick that does not fit the file when the log is replayed is named; those before it stay") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    kill_when_done([&](const child_process::line& parent) {
        auto db = open<world>(path, small()).value();
        db->heroes.insert({.id = 1}).value();
        db.commit();
        (void)save(db);
        db->heroes.insert({.id = 2}).value();
        db.commit();
        db->heroes.set<&hero::gold>(1, 7).value();
        db.commit();
        parent.done();
    });
    raw_database(path).run("DELETE FROM heroes WHERE id = 1"); // behind the store's back
    const auto refused = open<world>(path, small());
    REQUIRE_FALSE(refused);
    CHECK(mentions_all(refused.why().detail, path, "ticks from 3 on may be lost", "heroes[id=1]", "0 rows"));
    auto db = open<world>(path, small(if_damaged::open)).value();
    CHECK(db.recovery().recovered == 2);
    CHECK(db.recovery().lost_from == 3);
    CHECK(db->heroes.size() == 1);
    CHECK(db->heroes.contains(2));
    db->heroes.insert({.id = 6}).value();
    CHECK(db.commit() == 4); // 3 is what somebody has done, counted although the open that saw it was refused
    close_and_compare(db, path);
}

TEST_CASE("a bit that flips anywhere in a synced log is refused by the store") {
    const left_behind left;
    const std::string whole = bytes_of_file(left.segment());
    const std::size_t used = whole.find_last_not_of('\0') + 1;
    const auto before = left.files();
    for (std::size_t byte = 0; byte < used; ++byte) {
        std::string bent = whole;
        bent[byte] = static_cast<char>(bent[byte] ^ 1 << byte % 8);
        write_file(left.segment(), bent);
        const auto refused = open<world>(left.path(), small());
        INFO("byte " << byte);
        REQUIRE_FALSE(refused);
        REQUIRE((refused.why().code == errc::corrupt || refused.why().code == errc::too_new));
        REQUIRE(mentions_all(refused.why().detail, left.path()));
    }
    write_file(left.segment(), whole);
    CHECK(left.files() == before);
    CHECK(is_as_after(open<world>(left.path(), small()).value(), 3));
}

TEST_CASE("after a power cut every prefix of the log, whatever follows it, is a world after some tick") {
    const left_behind left;
    put(left.ring(), 40, std::string(16, 'x')); // of another run of the machine
    const std::string whole = bytes_of_file(left.segment());
    const std::size_t used = whole.find_last_not_of('\0') + 1, first_frame = whole.find("HFfr");
    const temporary_folder copies;
    for (const char* tail : {"", "HFfr", "garbage of any kind, as a disk may have it"}) {
        std::uint64_t last = 0;
        for (std::size_t length = first_frame; length <= used; length += 11) {
            const std::string at = copies / std::to_string(length);
            fs::copy(left.folder().path(), at, fs::copy_options::recursive);
            std::string cut = whole.substr(0, length) + tail;
            cut.resize(whole.size());
            write_file(at + "/world.db.log/" + fs::path(left.segment()).filename().string(), cut);
            {
                auto db = open<world>(at + "/world.db", small()).value();
                INFO(length << " bytes, then " << tail);
                const std::uint64_t tick = db.health().committed;
                REQUIRE(is_as_after(db, tick));
                REQUIRE(tick >= last);
                REQUIRE(db.recovery().lost_from == 0);
                if (*tail != '\0') REQUIRE(db.recovery().dropped_bytes != 0);
                last = tick;
            }
            fs::remove_all(at);
        }
        CHECK(last >= 2);
    }
}
