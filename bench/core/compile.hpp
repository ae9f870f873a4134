// SPDX-License-Identifier: MIT
/// @file
/// What does it cost to compile: a large world, and the doors alone?
#pragma once

#include "support/report.hpp"
#include "support/scratch_folder.hpp"

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

/// 40 tables of 12 columns; each is filled, found, changed and read, and the world opened and saved.
[[nodiscard]] inline std::string large_world(int tables) {
    std::ostringstream to;
    to << "#include <holdfast/holdfast.hpp>\n#include <chrono>\nnamespace hf = holdfast;\n";
    for (int t = 0; t < tables; ++t)
        to << "struct row_" << t << " { std::int64_t id_" << t << " = 0; std::int64_t owner = 0; std::string name{}; "
           << "std::string title{}; std::int32_t level = 0; std::int64_t gold = 0; double x = 0; double y = 0; "
           << "float z = 0; bool online = false; std::optional<std::int64_t> guild{}; std::int16_t kind = 0; };\n";
    to << "struct world {\n";
    for (int t = 0; t < tables; ++t)
        to << "  hf::table<row_" << t << ", hf::primary_key<&row_" << t << "::id_" << t << ">> table_" << t << ";\n";
    to << "};\nint main() {\n  auto db = hf::open<world>(\"large.db\").value();\n";
    for (int t = 0; t < tables; ++t) {
        const std::string table = "db->table_" + std::to_string(t), row = "row_" + std::to_string(t);
        to << "  { auto row = " << table << ".insert({.owner = 1, .name = \"a\"}).value();\n    " << table << ".set<&"
           << row << "::gold>(row, 5); " << table << ".set<&" << row << "::name>(row, \"b\");\n    if (" << table
           << ".find(1)->gold != 5) return 1; }\n";
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

/// Including a door, against including a large standard header.
inline void measure_include(report& to, const compiler& with, const scratch_folder& folder, const std::string& header,
                            double limit, int count) {
    const std::string ours = write_source(folder, "door.cpp", "#include <" + header + ">\n");
    const std::string theirs = write_source(folder, "regex.cpp", "#include <regex>\n");
    const rounds both = interleave(
        count, [&](int) { return with.run(ours).seconds; }, [&](int) { return with.run(theirs).seconds; }, [] {});
    to.add(compare("include <" + header + ">, <regex>", "s", both, budget::ours(limit)));
}

inline void measure_compile(report& to, const compiler& with, const scratch_folder& folder, int count) {
    measure_include(to, with, folder, "holdfast/world.hpp", 1.0, count);
    measure_include(to, with, folder, "holdfast/holdfast.hpp", 1.4, count);
    const compile_cost large = with.run(write_source(folder, "large.cpp", large_world(40)));
    to.add({.name = "compile 40 tables x 12 columns", .unit = "s", .ours = large.seconds, .limit = budget::ours(14)});
    to.add({.name = "compile 40 tables x 12 columns, memory",
            .unit = "GB",
            .ours = large.gigabytes,
            .limit = budget::ours(0.7)});
}

} // namespace bench
