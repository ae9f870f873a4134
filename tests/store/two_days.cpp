// SPDX-License-Identifier: MIT
/// @file
/// Two days of a game, by a clock of the test's: backups come and go, the log is cut, and what is kept can be restored.
#include "store/five_hours.hpp"
#include "support/sanitized.hpp"
#include "support/words.hpp"

#include <fstream>
#include <iostream>
#include <set>

namespace hf = holdfast;
namespace fs = std::filesystem;
using namespace holdfast::test;
using namespace holdfast::test::hours;

namespace {

std::uint64_t bytes_in(const std::string& folder) {
    std::uint64_t bytes = 0;
    for (const auto& one : fs::recursive_directory_iterator(folder))
        if (one.is_regular_file()) bytes += one.file_size();
    return bytes;
}
std::uint64_t resident_bytes() {
    std::ifstream from("/proc/self/statm");
    std::uint64_t all = 0, resident = 0;
    from >> all >> resident;
    return resident * 4'096;
}

/// What cannot be restored any more need not be known: else the test would grow where the store does not.
void forget_older_than_a_day(five_hours& it) {
    std::set<hf::tick> kept;
    for (const auto& one : it.backups()) kept.insert(one.applied);
    const std::int64_t day_ago = it.clock.wall_us() - std::int64_t{25} * 3'600'000'000;
    std::erase_if(it.past, [&](const auto& one) { return it.when[one.first] < day_ago && !kept.contains(one.first); });
}

} // namespace

TEST_CASE("two days of a game: files and memory stay bounded, and every backup and any tick of a day can be restored") {
    five_hours it(0);
    std::mt19937 random(5);
    std::uint64_t at_first = 0, at_most = 0, memory_at_first = 0;
    for (int hour = 0; hour < 48; ++hour) {
        it.play(random, 60);
        REQUIRE(it.db->save_all(long_enough));
        const std::chrono::system_clock::time_point now{std::chrono::microseconds(it.clock.wall_us())};
        REQUIRE(eventually([&] { return now - it.db->health().last_backup <= 1h; }));
        forget_older_than_a_day(it);
        if (hour == 26) at_first = bytes_in(it.folder.path()), memory_at_first = resident_bytes();
        if (hour > 26) at_most = std::max(at_most, bytes_in(it.folder.path()));
    }
    const hf::tick last = it.past.rbegin()->first;
    std::cout << "two days: " << last << " ticks; files " << at_first / 1'000 << " KB after 27 hours, then at most "
              << at_most / 1'000 << " KB; the process " << memory_at_first / 1'000'000 << " MB, at the end "
              << resident_bytes() / 1'000'000 << " MB\n";
    CHECK(at_most < at_first + at_first / 2);
    if (!is_sanitized) // a sanitizer keeps what is freed, for a while
        CHECK(resident_bytes() < memory_at_first + (std::uint64_t{16} << 20));
    close_and_compare(*it.db, it.path); // from here on none is made, and none is removed
    const auto backups = it.backups();
    CHECK(backups.size() <= 24 + 3);
    CHECK(backups.size() >= 24);
    std::set<hf::tick> wanted;
    for (const auto& one : backups) wanted.insert(one.applied);
    const std::int64_t day_ago = it.clock.wall_us() - std::int64_t{23} * 3'600'000'000;
    const auto first =
        std::find_if(it.when.begin(), it.when.end(), [&](const auto& one) { return one.second > day_ago; })->first;
    for (int i = 0; i < 10; ++i) wanted.insert(first + random() % (last - first + 1));
    for (const hf::tick one : wanted) {
        CAPTURE(one);
        const auto is = it.restore(hf::restore_point::at_tick(one));
        INFO((is ? std::string() : is.why().message()));
        REQUIRE(is);
        world empty;
        hf::prepare(empty).value();
        CHECK(file_lines(empty, it.folder / "then.db") == it.past.at(one));
    }
}
