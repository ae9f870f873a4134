// SPDX-License-Identifier: MIT
// A SQLite file that somebody else made: it is adopted when its tables can serve for the structs.
#include <holdfast/holdfast.hpp>

#include <filesystem>
#include <iostream>

#include <sqlite3.h>

namespace hf = holdfast;

struct hero {
    std::int64_t id = 0;
    std::string name{};
    std::int32_t level = 1;
};
struct world {
    hf::table<hero, hf::primary_key<&hero::id>> heroes;
};
struct hero_of_another_game {
    std::int64_t id = 0;
    std::string name{};
    double level = 1;
};
struct wrong_world {
    hf::table<hero_of_another_game, hf::primary_key<&hero_of_another_game::id>> heroes;
    hf::table<hero, hf::primary_key<&hero::id>> villains;
};

/// What another program would do with it.
std::string ask(const char* sql) {
    sqlite3* file = nullptr;
    std::string answer;
    const auto take = [](void* to, int, char** values, char**) {
        *static_cast<std::string*>(to) += std::string(values[0]) + '\n';
        return 0;
    };
    if (sqlite3_open("example_13/old.db", &file) == SQLITE_OK) sqlite3_exec(file, sql, take, &answer, nullptr);
    sqlite3_close(file);
    return answer;
}

int main() {
    std::filesystem::remove_all("example_13"); // begins anew each time
    std::filesystem::create_directory("example_13");
    ask("CREATE TABLE heroes (note TEXT, id INTEGER PRIMARY KEY, level INT, name VARCHAR(40));"
        "INSERT INTO heroes VALUES ('likes rain', 7, 3, 'Aria')");

    const std::string why = hf::open<wrong_world>("example_13/old.db").why().detail;
    std::cout << why.substr(why.find("does not match")) << '\n'; // every difference; nothing was changed
    {
        auto db = hf::open<world>("example_13/old.db").value();
        db->heroes.set<&hero::level>(7, 4).value();
        db.commit();
        if (!db.close().complete()) return 1;
    }
    std::cout << ask("SELECT name || ', level ' || level || ', ' || note FROM heroes"); // the note was kept
}
