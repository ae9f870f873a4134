// SPDX-License-Identifier: MIT
/// @file
/// A server's loop is compiled to be fast, whatever stands beside it in the same function. g++ takes what leads to a call of
/// a `gnu::cold` function, or only follows it, for as cold as that: see holdfast/core/seldom.hpp.
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <cstdlib>
#include <fstream>

namespace {

/// Functions of a server that call `play_the_game`, each beside something else.
constexpr const char* server = R"(
#include <holdfast/csv.hpp>
#include <holdfast/holdfast.hpp>
namespace hf = holdfast;
using namespace std::chrono_literals;
struct thing { std::int64_t id = 0; std::int64_t gold = 0; std::string name{}; };
struct kind { std::int64_t id = 0; };
struct world {
    hf::table<thing, hf::primary_key<&thing::id>, hf::auto_id<&thing::id>, hf::unique<&thing::name>,
              hf::index<&thing::gold>, hf::at_least<&thing::gold, 0>> things;
    hf::table<kind, hf::primary_key<&kind::id>, hf::read_only> kinds;
};
extern bool play_the_game(hf::store<world>&, std::int64_t);
extern bool play_the_game_alone(world&, std::int64_t);

void whole() {
    auto db = hf::open<world>("world.db").value();
    while (play_the_game(db, 1)) db.commit();
    db.close();
}
void with_content() {
    auto db = hf::open<world>("world.db", {}, [](world& w) {
        play_the_game_alone(w, 8);
        return hf::csv::fill(w.kinds, "kinds.csv");
    }).value();
    db.bulk_load([](world& w) { play_the_game_alone(w, 2), w.things.insert({}).value(); }).value();
    while (play_the_game(db, 2)) db.commit();
    db.save_all(1s).value();
}
void ends_at_once() {
    hf::store<world> db = hf::open<world>("world.db").value();
    while (play_the_game(db, 3)) {}
}
void each_tick(hf::store<world>& db) {
    play_the_game(db, 4);
    db.on_durable(db.commit(), [](const hf::result<void>&) {});
    db.snapshot_to("copy.db", [](const hf::result<hf::backup_manifest>&) {});
    if (db.health().is != hf::health_report::state::good) std::abort();
    (void)db.wait_durable(db.durable(), 1ms);
}
void edits(hf::store<world>& db) {
    play_the_game(db, 5);
    auto row = db->things.insert({.name = "a"}).value();
    (void)db->things.set<&thing::name>(row, "b");
    (void)db->things.add<&thing::gold>(row, 1);
    db->things.update<&thing::gold, &thing::name>(row, [](auto& gold, auto& name) { gold = 1, name = "c"; }).value();
    db.transact([](world& w) -> hf::result<void> { return w.things.set<&thing::gold>(1, 5); }).value();
    db->things.erase(row).value();
}
void without_store(world& w) {
    hf::prepare(w).value();
    w.things.insert({}).value();
    while (play_the_game_alone(w, 6)) {}
}
)";

/// The section of each call of the game, in the order of the file's.
std::vector<std::string> sections_of_calls(const std::string& assembly) {
    std::ifstream lines(assembly);
    std::vector<std::string> found;
    std::string section;
    for (std::string line; std::getline(lines, line);) {
        if (line.find("\t.section") == 0 || line == "\t.text") section = line;
        const bool calls = line.find("\tcall") == 0 || line.find("\tbl\t") == 0; // on ARM
        if (calls && line.find("play_the_game") != std::string::npos) found.push_back(section);
    }
    return found;
}

} // namespace

TEST_CASE("a server's loop is not taken for cold because of what stands beside it") {
    const holdfast::test::temporary_folder folder;
    std::ofstream(folder / "server.cpp") << server;
    const std::string compile = "'" + std::string(HOLDFAST_TEST_COMPILER) + "' -std=c++20 -O2 -DNDEBUG '-I" +
                                HOLDFAST_TEST_SOURCE_DIR + "/../include' '-I" + HOLDFAST_TEST_BOOST_DIR + "' -S '" +
                                (folder / "server.cpp") + "' -o '" + (folder / "server.s") + "'";
    REQUIRE(std::system(compile.c_str()) == 0);
    const std::vector<std::string> sections = sections_of_calls(folder / "server.s");
    REQUIRE(sections.size() == 8);
    for (const std::string& one : sections) CHECK(one.find("unlikely") == std::string::npos);
}
