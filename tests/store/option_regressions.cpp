// SPDX-License-Identifier: MIT
/// @file
/// Tests of the options of tables in a store: what random worlds found.
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"

using namespace holdfast::test;
namespace hf = holdfast;

namespace {

struct guild {
    std::int64_t id = 0;
    std::string name{};
};
struct member {
    std::int64_t id = 0;
    std::optional<std::int64_t> guild{};
    std::optional<std::int64_t> second_guild{};
    std::optional<std::int64_t> mentor{};
    std::chrono::sys_seconds touched{};
    static bool has_any(const std::optional<std::int64_t>& one, const std::optional<std::int64_t>& other) {
        return one || other;
    }
};
struct cascades {
    hf::table<guild, hf::primary_key<&guild::id>, hf::column_name<&guild::name, "group">> guilds;
    hf::table<member, hf::primary_key<&member::id>, hf::updated_at<&member::touched>,
              hf::references<&member::guild, &guild::id, "guilds", hf::on_delete::cascade>,
              hf::references<&member::mentor, &member::id, "members", hf::on_delete::set_null>>
        members;
};
struct checked {
    hf::table<guild, hf::primary_key<&guild::id>> guilds;
    hf::table<member, hf::primary_key<&member::id>,
              hf::check<"has any", &member::has_any, &member::guild, &member::second_guild>,
              hf::references<&member::guild, &guild::id, "guilds", hf::on_delete::set_null>,
              hf::references<&member::second_guild, &guild::id, "guilds", hf::on_delete::set_null>>
        members;
};
struct person {
    std::string name{};
    std::optional<std::string> boss{};
};
template <hf::checking When> struct people_world {
    hf::table<person, hf::primary_key<&person::name>, hf::nocase<&person::name>, hf::nocase<&person::boss>,
              hf::references<&person::boss, &person::name, "people", hf::on_delete::set_null, When>>
        people;
};

enum class rank : int { low, high };
struct ranked {
    rank id = rank::low;
};
struct holder {
    std::int64_t id = 0;
    rank of = rank::low;
};
struct half_named {
    hf::table<ranked, hf::primary_key<&ranked::id>, hf::by_name<&ranked::id>> ranks;
    hf::table<holder, hf::primary_key<&holder::id>, hf::references<&holder::of, &ranked::id, "ranks">> holders;
};

template <class World> hf::store<World> opened(const temporary_folder& folder, const hf::clock& time) {
    return hf::open<World>(folder / "world.db", options_with(time)).value();
}

} // namespace

TEST_CASE("regression: rows that go together are saved although one would have emptied the other's reference") {
    const temporary_folder folder;
    const fake_clock time;
    auto db = opened<cascades>(folder, time);
    REQUIRE(db->guilds.insert({1, "red"}));
    REQUIRE(db->members.insert({.id = 1, .guild = 1}));
    REQUIRE(db->members.insert({.id = 2, .guild = 1, .mentor = 1}));
    REQUIRE(db->members.set<&member::mentor>(1, 2));
    REQUIRE(db->members.insert({.id = 3, .mentor = 1}));
    db.commit();
    (void)save(db);
    const auto taken_back = db.transact([](cascades& w) -> hf::result<void> {
        REQUIRE(w.guilds.erase(1));
        return hf::error{hf::errc::refused, "taken back"};
    });
    REQUIRE_FALSE(taken_back);
    CHECK(db->members.find(2)->mentor == 1);
    CHECK(db->members.find(1)->mentor == 2);
    REQUIRE(db->guilds.erase(1));
    CHECK(db->members.size() == 1);
    db.commit();
    close_and_compare(db, folder / "world.db");
}

TEST_CASE("regression: references of one row that an erase empties are checked together") {
    checked w;
    REQUIRE(hf::prepare(w));
    REQUIRE(w.guilds.insert({1, "red"}));
    REQUIRE(w.guilds.insert({2, "blue"}));
    REQUIRE(w.members.insert({.id = 1, .guild = 1, .second_guild = 1}));
    CHECK(w.guilds.erase(1).why().code == hf::errc::refused);
    CHECK(w.members.find(1)->guild == 1);
    REQUIRE(w.members.set<&member::second_guild>(1, 2));
    REQUIRE(w.guilds.erase(1));
    CHECK_FALSE(w.members.find(1)->guild);
}

TEMPLATE_TEST_CASE_SIG("regression: a row refers to itself to the letter, as SQLite has it", "",
                       ((hf::checking When), When), hf::checking::immediate, hf::deferred) {
    const temporary_folder folder;
    const fake_clock time;
    auto db = opened<people_world<When>>(folder, time);
    const auto changed = [&](auto&& change) {
        return db.transact([&](auto&) -> hf::result<void> { return change(); });
    };
    REQUIRE(db->people.insert({"Aria", "Aria"}));
    const auto to_other_letters = changed([&] { return db->people.template set<&person::boss>("aria", "ARIA"); });
    CHECK(to_other_letters.why().code == hf::errc::reference);
    CHECK_FALSE(changed([&]() -> hf::result<void> {
        const auto made = db->people.insert({"Bob", "BOB"});
        return made ? hf::result<void>() : made.why();
    }));
    REQUIRE(db->people.insert({"Bob", "ARIA"}));
    db.commit();
    close_and_compare(db, folder / "world.db");
}

TEST_CASE("regression: a text's column may have another name") {
    const temporary_folder folder;
    const fake_clock time;
    auto db = opened<cascades>(folder, time);
    REQUIRE(db->guilds.insert({1, "red"}));
    db.commit();
    close_and_compare(db, folder / "world.db");
    raw_database file(folder / "world.db");
    CHECK(file.rows("SELECT \"group\" FROM guilds") == lines{"'red'"});
}

TEST_CASE("regression: updated_at has the time of the insert whatever the row says") {
    const temporary_folder folder;
    fake_clock time;
    auto db = opened<cascades>(folder, time);
    const auto row =
        db->members.insert({.id = 1, .touched = std::chrono::sys_seconds(std::chrono::seconds(5))}).value();
    CHECK(row->touched.time_since_epoch().count() == time.wall_us() / 1'000'000);
}

TEST_CASE("regression: a number does not refer to an enum that is stored by name") {
    half_named w;
    const auto tied = hf::prepare(w);
    CHECK(tied.why().code == hf::errc::mismatch);
    CHECK(tied.why().detail.find("holders.of") != std::string::npos);
}
