// SPDX-License-Identifier: MIT
/// @file
/// Walks the table of operations in docs/tables.md: for each one every code in the third column is brought about, and no
/// code that is not there; what cannot be refused returns nothing.
#include <holdfast/holdfast.hpp>

#include "support/catch.hpp"

#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <sstream>

namespace hf = holdfast;
using hf::errc;

namespace {

struct hero {
    std::int64_t id = 0;
    std::string name{};
    std::int64_t account = 0; ///< Unique, and referred to.
    std::int64_t gold = 0;
    std::int32_t level = 1;
    std::string map{};
    std::string mood{};
};
struct pet {
    std::int64_t id = 0;
    std::optional<std::int64_t> owner{};
    std::optional<std::int64_t> friend_of{};
    std::optional<std::int64_t> account{};
    static bool has_friend(const std::optional<std::int64_t>& friend_of) { return friend_of.has_value(); }
};
struct line {
    std::int64_t value = 0;
};
struct world {
    hf::table<hero, hf::primary_key<&hero::id>, hf::unique<&hero::name>, hf::unique<&hero::account>,
              hf::at_least<&hero::gold, 0>, hf::index<&hero::map>, hf::ordered<&hero::level>, hf::capacity<3>>
        heroes;
    hf::table<pet, hf::primary_key<&pet::id>, hf::auto_id<&pet::id>, hf::references<&pet::owner, &hero::id, "heroes">,
              hf::references<&pet::friend_of, &hero::id, "heroes", hf::on_delete::set_null>,
              hf::references<&pet::account, &hero::account, "heroes">,
              hf::check<"has a friend", &pet::has_friend, &pet::friend_of>>
        pets;
    hf::append_only<line, hf::at_least<&line::value, 0>> lines;
};

/// Aria (1), who owns nothing; Bob (2), whom pet 1 belongs to and counts as its account; Eve (3), who is pet 1's friend.
struct scene {
    world w{};
    hf::row<hero> aria, bob, eve;
    hf::row<pet> dog;
    std::set<errc> codes{};

    scene() {
        hf::prepare(w).value();
        aria = w.heroes.insert({1, "Aria", 10, 5, 1, "harbor"}).value();
        bob = w.heroes.insert({2, "Bob", 20, 5, 1, "harbor"}).value();
        eve = w.heroes.insert({3, "Eve", 30, 5, 1, "harbor"}).value();
        dog = w.pets.insert({.owner = 2, .friend_of = 3, .account = 20}).value();
    }
    template <class T> void note(const hf::result<T>& done) {
        if (!done) codes.insert(done.why().code);
    }
    /// Inside an update of this row.
    template <class Function> void inside(hf::row<hero> of, Function&& fn) {
        w.heroes.update<&hero::map>(of, [&](std::string&) { fn(); });
    }
};

void insert(scene& s) {
    s.note(s.w.heroes.insert({4, "Dan", 40}));
    s.w.heroes.erase(1).value();
    s.note(s.w.heroes.insert({2, "Dan", 40}));
    s.note(s.w.heroes.insert({.id = 4, .name = "Dan", .account = 40, .gold = -1}));
    s.note(s.w.pets.insert({.owner = 9, .friend_of = 3}));
}
void erase(scene& s) {
    s.note(s.w.heroes.erase(s.bob));
    s.note(s.w.heroes.erase(s.eve));
    s.inside(s.aria, [&] { s.note(s.w.heroes.erase(s.aria)); });
    s.w.heroes.erase(s.aria).value();
    s.note(s.w.heroes.erase(s.aria));
}
void erase_by_key(scene& s) {
    s.note(s.w.heroes.erase(2));
    s.note(s.w.heroes.erase(3));
    s.inside(s.aria, [&] { s.note(s.w.heroes.erase(1)); });
    s.note(s.w.heroes.erase(9));
}
void erase_where(scene& s) {
    s.note(s.w.heroes.erase_where([](const hero& h) { return h.id <= 2; }));
    s.note(s.w.heroes.erase_where([](const hero& h) { return h.id == 3; }));
    s.inside(s.aria, [&] { s.note(s.w.heroes.erase_where([](const hero& h) { return h.id == 1; })); });
    CHECK(s.w.heroes.size() == 3);
}
void set_plain(scene& s) {
    static_assert(std::is_void_v<decltype(s.w.heroes.set<&hero::map>(s.aria, "market"))>);
    static_assert(std::is_void_v<decltype(s.w.heroes.set<&hero::level>(s.aria, 2))>);
    s.w.heroes.set<&hero::map>(s.aria, "market");
}
void set_in_a_lane(scene&) {
    auto db = hf::open<world>(":memory:").value();
    const auto aria = db->heroes.insert({1, "Aria", 10, 5, 1, "harbor"}).value();
    auto lanes = db.lanes(1);
    static_assert(std::is_void_v<decltype(db->heroes.set<&hero::mood>(lanes[0], aria, "glad"))>);
    db->heroes.set<&hero::mood>(lanes[0], aria, "glad");
    lanes.join();
    CHECK(aria->mood == "glad");
}
void set_unique(scene& s) {
    s.note(s.w.heroes.set<&hero::name>(s.aria, "Bob"));
    s.note(s.w.heroes.set<&hero::account>(s.bob, 21));
    s.inside(s.aria, [&] { s.note(s.w.heroes.set<&hero::name>(s.aria, "Ann")); });
}
void set_reference(scene& s) {
    s.note(s.w.pets.set<&pet::owner>(s.dog, 9));
    s.w.pets.update<&pet::account>(s.dog, [&](auto&) { s.note(s.w.pets.set<&pet::owner>(s.dog, 1)); }).value();
}
void set_limited(scene& s) {
    s.note(s.w.heroes.set<&hero::gold>(s.aria, -1));
    s.inside(s.aria, [&] { s.note(s.w.heroes.set<&hero::gold>(s.aria, 1)); });
}
void set_by_key(scene& s) {
    s.note(s.w.heroes.set<&hero::gold>(9, 1));
    s.note(s.w.heroes.set<&hero::gold>(1, -1));
    s.note(s.w.heroes.set<&hero::name>(1, "Bob"));
    s.note(s.w.heroes.set<&hero::account>(2, 21));
    s.inside(s.aria, [&] { s.note(s.w.heroes.set<&hero::gold>(1, 1)); });
}
void add(scene& s) {
    s.note(s.w.heroes.add<&hero::level>(s.aria, std::int64_t{1} << 40));
    s.note(s.w.heroes.add<&hero::account>(s.aria, 10));
    s.note(s.w.heroes.add<&hero::account>(s.bob, 1));
    s.inside(s.aria, [&] { s.note(s.w.heroes.add<&hero::gold>(s.aria, 1)); });
}
void update_fields(scene& s) {
    using both = hf::result<void>;
    s.note(s.w.heroes.update<&hero::name, &hero::gold>(s.aria, [](std::string&, std::int64_t& gold) { gold = -1; }));
    s.note(s.w.heroes.update<&hero::name>(s.aria, [](std::string& name) { name = "Bob"; }));
    s.note(s.w.heroes.update<&hero::account>(s.bob, [](std::int64_t& account) { ++account; }));
    s.note(s.w.heroes.update<&hero::name>(
        s.aria, [&](std::string&) -> both { return s.w.heroes.set<&hero::gold>(s.aria, 1); }));
    CHECK(s.aria->gold == 5);
}
void update_row(scene& s) {
    s.note(s.w.heroes.update(s.aria, [](hero& h) { h.name = "Bob"; }));
    s.note(s.w.heroes.update(s.aria, [](hero& h) { h.id = 7; }));
    s.note(s.w.heroes.update(s.bob, [](hero& h) { h.account = 21; }));
    s.note(s.w.heroes.update(
        s.aria, [&](hero&) -> hf::result<void> { return s.w.heroes.update(s.aria, [](hero& h) { ++h.gold; }); }));
}
void update_by_key(scene& s) {
    s.note(s.w.heroes.update(9, [](hero& h) { ++h.gold; }));
    s.note(s.w.heroes.update(1, [](hero& h) { h.id = 7; }));
    s.note(s.w.heroes.update<&hero::name>(1, [](std::string& name) { name = "Bob"; }));
    s.note(s.w.heroes.update<&hero::account>(2, [](std::int64_t& account) { ++account; }));
    s.inside(s.aria, [&] { s.note(s.w.heroes.update(1, [](hero& h) { ++h.gold; })); });
}
void update_where(scene& s) {
    const auto all = [](const hero&) { return true; };
    s.note(s.w.heroes.update_where<&hero::name>(all, [](std::string& name) { name = "same"; }));
    s.note(s.w.heroes.update_where<&hero::gold>(all, [](std::int64_t& gold) { gold = -1; }));
    s.note(s.w.heroes.update_where<&hero::account>(all, [](std::int64_t& account) { ++account; }));
    s.inside(s.aria, [&] { s.note(s.w.heroes.update_where<&hero::gold>(all, [](std::int64_t& gold) { ++gold; })); });
    CHECK((s.aria->gold == 5 && s.bob->gold == 5 && s.bob->name == "Bob"));
}
void append(scene& s) { s.note(s.w.lines.append({-1})); }
void read(scene& s) {
    CHECK(s.w.heroes.find(1) == s.aria);
    CHECK_FALSE(s.w.heroes.find_by<&hero::name>("Nobody"));
    CHECK(s.w.heroes.contains(1));
    CHECK(s.w.heroes.where<&hero::map>("harbor").collect().size() == 3);
    CHECK(s.w.heroes.ordered_by<&hero::level>().collect().size() == 3);
    CHECK(s.w.heroes.collect().size() == s.w.heroes.size());
    CHECK_FALSE(s.w.heroes.empty());
}

const std::map<std::string, std::function<void(scene&)>> operations{
    {"`insert(row)`", insert},
    {"`erase(row)`", erase},
    {"`erase(key)`", erase_by_key},
    {"`erase_where(condition)`", erase_where},
    {"`set` of a field that nothing constrains", set_plain},
    {"`set(lane, row, value)`, for [several threads](store.md#several-threads-that-edit)", set_in_a_lane},
    {"`set` of a field in a unique key", set_unique},
    {"`set` of a reference", set_reference},
    {"`set` of a limited or checked field", set_limited},
    {"`set(key, value)`", set_by_key},
    {"`add<&row::field>(row, amount)`", add},
    {"`update<&row::a, &row::b>(row, fn)`", update_fields},
    {"`update(row, fn)`", update_row},
    {"`update(key, fn)`, also of named fields", update_by_key},
    {"`update_where(condition, fn)`", update_where},
    {"`append(row)`", append},
    {"`find(key)`, `find_by<&row::name>(value)`", read},
    {"`contains(key)`", read},
    {"`where<&row::map_id>(value)`", read},
    {"`ordered_by<&row::price>()`", read},
    {"`collect()` of a table or a range", read},
    {"`size()`, `empty()`", read},
};

/// The rows of the table: the operation, and what refuses it.
std::vector<std::pair<std::string, std::string>> documented() {
    std::ifstream file(std::string(HOLDFAST_TEST_SOURCE_DIR) + "/../docs/tables.md");
    REQUIRE(file);
    std::vector<std::pair<std::string, std::string>> found;
    bool inside = false;
    for (std::string text; std::getline(file, text);) {
        if (text.starts_with("## ")) inside = text == "## Operations and what can refuse them";
        if (!inside || !text.starts_with("| `")) continue;
        const std::size_t first = text.find(" | "), second = text.find(" | ", first + 3);
        found.emplace_back(text.substr(2, first - 2), text.substr(second + 3));
    }
    return found;
}

/// The codes that a sentence names; "as `set`" and "as `erase(row)`" name theirs.
std::set<errc> named(const std::string& text) {
    const std::map<std::string, errc> codes{{"`taken`", errc::taken},         {"`full`", errc::full},
                                            {"`refused`", errc::refused},     {"`reference`", errc::reference},
                                            {"`not_found`", errc::not_found}, {"`busy`", errc::busy}};
    std::set<errc> found;
    for (const auto& [name, code] : codes)
        if (text.find(name) != std::string::npos) found.insert(code);
    if (text.find("as `set`") != std::string::npos)
        found.insert({errc::taken, errc::reference, errc::refused, errc::busy});
    if (text.find("as `erase(row)`") != std::string::npos)
        found.insert({errc::not_found, errc::reference, errc::refused, errc::busy});
    return found;
}

} // namespace

TEST_CASE("every operation is refused by what its line in the docs says and by nothing else") {
    const auto lines = documented();
    CHECK(lines.size() > 20);
    for (const auto& [operation, refusals] : lines) {
        if (operation == "`set` of a JSON field") continue; // tests/json/option.cpp
        DYNAMIC_SECTION(operation) {
            const auto known = operations.find(operation);
            REQUIRE(known != operations.end());
            scene s;
            known->second(s);
            CHECK(s.codes == named(refusals));
        }
    }
}
