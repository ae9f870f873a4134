// SPDX-License-Identifier: MIT
/// @file
/// One store and the servers that are killed on it, one after the other; after each kill everything is checked.
#pragma once

#include "oracle.hpp"
#include "victim.hpp"

#include <array>

namespace torture {

/// What a whole run has found.
struct tally {
    figures counted{};
    std::uint64_t trials = 0;
    std::uint64_t stores = 0;
    std::map<std::string, std::uint64_t> kills; ///< By what was killed in the middle.
    std::map<std::string, std::uint64_t> cases; ///< Trials by case.
    std::uint64_t losses = 0;
    std::uint64_t broken = 0;
    std::uint64_t failures = 0;

    [[nodiscard]] std::uint64_t findings() const noexcept { return losses + broken + failures; }
};

/// The names of the cases that kill processes.
inline constexpr std::array case_names{"mixed", "running", "recovery", "stop", "clock", "slow"};

/// See the file's sentence. Throws a `finding`; the files are there then as they were found, and as they were left by the
/// last kill in `<folder>/left`, and by the one before it in `<folder>/left_before`.
class hunt {
public:
    /// @param folder  Made, and emptied.
    /// @param course  One of `case_names`, or "self test".
    hunt(std::string folder, std::string course, std::uint64_t seed, std::chrono::milliseconds stop_for,
         tally& counted);

    /// Kills as many servers as the case asks for, `most` at most, and opens the store for good then.
    void run(std::uint64_t most);

    /// One server: it lives, is killed, and what it left is checked. What it was killed in.
    std::string kill_one(const life& of, const aim& when);
    /// One server that opens the store, plays nothing and closes it, and is killed then.
    void open_for_good();
    /// Lets the oracle hear a server that has ended, and checks what it left.
    void check(const victim& ended);

    [[nodiscard]] life draw_life();
    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    /// The last tick that was reported.
    [[nodiscard]] std::uint64_t reported() const noexcept { return oracle_.reported(); }

private:
    [[nodiscard]] hf::options draw_options();
    [[nodiscard]] aim draw_aim(const life& of);
    [[nodiscard]] std::size_t draw_servers();
    void kill_next(std::size_t number);
    void check_file();
    void check_stamps(const hf::uuid& database, std::uint64_t applied) const;

    const std::string folder_;
    const std::string path_;
    const std::string case_;
    const std::chrono::milliseconds stop_for_;
    dice dice_;
    workload ticks_;
    tally& tally_;
    oracle oracle_;
};

} // namespace torture
