// SPDX-License-Identifier: MIT
/// @file
/// A compiler as a side: what it takes to compile a source, and sources that are worth asking about.
#pragma once

#include "support/report.hpp"
#include "support/scratch_folder.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bench {

/// Processor time, which other work on the machine disturbs least, and the most memory at a time.
struct compile_cost {
    double seconds = 0;
    double gigabytes = 0;
};

struct compiler {
    std::string program;
    std::string include; ///< The folder that holds holdfast/.

    [[nodiscard]] compile_cost run(const std::string& source) const {
        const pid_t child = fork();
        if (child == 0) {
            execlp(program.c_str(), program.c_str(), "-std=c++20", "-O2", "-DNDEBUG", "-I", include.c_str(), "-c",
                   source.c_str(), "-o", (source + ".o").c_str(), nullptr);
            _exit(127);
        }
        int status = 0;
        rusage used{};
        if (wait4(child, &status, 0, &used) != child || status != 0)
            throw std::runtime_error(program + " does not compile " + source);
        const auto seconds = [](const timeval& time) {
            return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
        };
        return {seconds(used.ru_utime) + seconds(used.ru_stime), static_cast<double>(used.ru_maxrss) / 1e6};
    }
};

/// A world of so many tables, each of at least 4 columns; each is filled, found, changed and read, and the world opened and
/// saved.
[[nodiscard]] inline std::string world_of(int tables, int columns) {
    static constexpr const char* more[] = {"std::string title{};",   "std::int32_t level = 0;",
                                           "double x = 0;",          "double y = 0;",
                                           "bool online = false;",   "std::optional<std::int64_t> guild{};",
                                           "std::int16_t kind = 0;", "float z = 0;"};
    std::ostringstream to;
    to << "#include <holdfast/holdfast.hpp>\nnamespace hf = holdfast;\n";
    for (int t = 0; t < tables; ++t) {
        to << "struct row_" << t << " { std::int64_t id_" << t
           << " = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0;";
        for (int c = 0; c < columns - 4; ++c) {
            std::string field = more[c % 8]; // its name gets a number: no two columns have one
            field.insert(field.find_first_of(" {", field.find(' ') + 1), "_" + std::to_string(c));
            to << ' ' << field;
        }
        to << " };\n";
    }
    to << "struct world {\n";
    for (int t = 0; t < tables; ++t)
        to << "  hf::table<row_" << t << ", hf::primary_key<&row_" << t << "::id_" << t << ">> table_" << t << ";\n";
    to << "};\nint main() {\n  auto db = hf::open<world>(\"large.db\").value();\n";
    for (int t = 0; t < tables; ++t) {
        const std::string table = "db->table_" + std::to_string(t), row = "row_" + std::to_string(t);
        to << "  { auto row = " << table << ".insert({.owner = 1, .name = \"a\"}).value();\n    " << table << ".set<&"
           << row << "::gold>(row, 5); " << table << ".set<&" << row << "::name>(row, \"b\");\n    if (" << table
           << ".find(row->id_" << t << ")->gold != 5) return 1; }\n";
    }
    to << "  db.commit();\n  return db.close().complete() ? 0 : 1;\n}\n";
    return to.str();
}

[[nodiscard]] inline std::string write_source(const scratch_folder& folder, const std::string& name,
                                              const std::string& text) {
    const std::string path = folder.file(name);
    std::ofstream(path) << text;
    return path;
}

/// What `compiler::run` has made of this source becomes a program that keeps what it is given.
inline void require_works(const compiler& with, const scratch_folder& folder, const std::string& source) {
    const std::string in = "cd '" + folder.file("") + "' && ";
    if (std::system((in + with.program + " '" + source + ".o' -o works -lsqlite3 -lpthread").c_str()) != 0)
        throw std::runtime_error(with.program + " makes no program");
    require(std::system((in + "rm -rf large.db* && ./works").c_str()) == 0,
            "the program that was compiled keeps its rows");
}

} // namespace bench
