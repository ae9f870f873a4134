// SPDX-License-Identifier: MIT
/// @file
/// What every benchmark can be told on its command line.
#pragma once

#include <CLI/CLI.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace bench {

/// Each program adds its own options to these.
struct options {
    bool quick = false;
    bool full = false;
    std::vector<std::string> only{};
    std::string json{};

    /// @param quick_is, full_is  What they mean to this program; no `full_is`: it has no more than the usual run.
    /// @param sections           What `--only` may name.
    void add_to(CLI::App& app, const char* quick_is, const char* full_is, const std::vector<std::string>& sections) {
        app.add_flag("--quick", quick, quick_is);
        app.add_flag("--full", full, full_is == nullptr ? "Nothing more than without" : full_is);
        app.add_option("--only", only, "Only these parts")->check(CLI::IsMember(sections));
        app.add_option("--json", json, "Write one line of JSON for each measurement to this file");
    }
    [[nodiscard]] bool wants(const std::string& section) const {
        return only.empty() || std::find(only.begin(), only.end(), section) != only.end();
    }
};

} // namespace bench
