// SPDX-License-Identifier: MIT
/// @file
/// Whether the torture would find what it looks for.
#include "self_test.hpp"

#include "support/raw_database.hpp"

#include <holdfast/queue/ring_file.hpp>

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace torture {

namespace {

using damage = finding::kind;

const char* name_of(damage is) { return is == damage::loss ? "a loss" : is == damage::broken ? "broken" : "a failure"; }

/// One way to break something, and what must be found then.
struct sabotage {
    const char* name;
    std::optional<damage> expected;                  ///< None: as whatever.
    void (*prepare)(life&) = [](life&) {};           ///< Before the server that is killed.
    void (*spoil)(const hunt&) = [](const hunt&) {}; ///< After it.
    bool closes = false;                             ///< The server closes its store, so that SQLite has everything.
};

/// Everything behind a tick is gone from the ring, as if the tick had never been sealed.
void cut_ring(const std::string& path, std::uint64_t from) {
    std::fstream ring(path, std::ios::in | std::ios::out | std::ios::binary);
    std::string all{std::istreambuf_iterator<char>(ring), {}};
    for (std::size_t at = hf::ring_header_bytes; at + sizeof(hf::frame_header) <= all.size(); at += 8) {
        hf::frame_header header;
        std::memcpy(&header, all.data() + at, sizeof(header));
        if (header.magic != hf::frame_header{}.magic || header.number != from) continue;
        std::memset(all.data() + at + offsetof(hf::frame_header, number), 0, sizeof(header.number));
        ring.seekp(0);
        ring.write(all.data(), static_cast<std::streamsize>(all.size()));
        return;
    }
    throw std::runtime_error("the ring does not have tick " + std::to_string(from));
}
void flip_in_log(const std::string& folder) {
    for (const auto& one : std::filesystem::directory_iterator(folder)) {
        std::fstream segment(one.path(), std::ios::in | std::ios::out | std::ios::binary);
        const std::string all{std::istreambuf_iterator<char>(segment), {}};
        const std::size_t first = all.find("HFfr");
        if (first == std::string::npos) continue;
        segment.seekp(static_cast<std::streamoff>(first + 70));
        segment.put(static_cast<char>(all[first + 70] ^ 1));
        return;
    }
    throw std::runtime_error("the log has no frame");
}
void change_file(const hunt& store, const char* sql) { holdfast::test::raw_database(store.path()).run(sql); }

/// Ticks in the log, each synced, or in the ring alone; nothing of them in SQLite.
void log_only(life& of) {
    of.options.save_every = std::chrono::hours(1);
    of.waits = false;
    of.syncs_each_tick = true;
}
void ring_only(life& of) {
    of.options.save_every = of.options.sync_every = std::chrono::hours(1);
    of.waits = false;
}

const sabotage all_ways[] = {
    {"the ring loses its last reported tick", damage::loss, ring_only,
     [](const hunt& store) { cut_ring(store.path() + ".ring", store.reported()); }},
    {"a server reports a tick more than it committed", damage::loss, [](life& of) { of.claims_a_tick_more = true; }},
    {"a server gives out an id twice", damage::broken, [](life& of) { of.gives_an_id_twice = true; }},
    {"a synced frame of the log is damaged", damage::failure, log_only,
     [](const hunt& store) { flip_in_log(store.path() + ".log"); }},
    {"the log is gone", damage::failure, log_only,
     [](const hunt& store) { std::filesystem::remove_all(store.path() + ".log"); }},
    {"a gold piece too many",
     damage::broken,
     {},
     [](const hunt& store) {
         change_file(store, "UPDATE players SET gold = gold + 1 WHERE id = (SELECT min(id) FROM players)");
     },
     true},
    {"an item is gone",
     damage::broken,
     {},
     [](const hunt& store) { change_file(store, "DELETE FROM items WHERE id = (SELECT min(id) FROM items)"); },
     true},
    {"an item changes its owner",
     damage::broken,
     {},
     [](const hunt& store) {
         change_file(store, "UPDATE items SET owner = (SELECT max(id) FROM players WHERE id <> owner) WHERE id = "
                            "(SELECT min(id) FROM items WHERE owner IS NOT NULL)");
     },
     true},
    {"a text changes by a letter",
     damage::broken,
     {},
     [](const hunt& store) {
         change_file(store, "UPDATE players SET note = note || '.' WHERE id = (SELECT max(id) FROM players)");
     },
     true},
    {"a tick is applied twice",
     damage::broken,
     {},
     [](const hunt& store) {
         change_file(store, "INSERT INTO events SELECT * FROM events ORDER BY tick DESC LIMIT 1");
     },
     true},
    {"the file's marker says a tick less",
     std::nullopt,
     {},
     [](const hunt& store) { change_file(store, "UPDATE holdfast_meta SET applied = applied - 1"); },
     true},
    {"the file's marker says a tick more",
     damage::broken,
     {},
     [](const hunt& store) { change_file(store, "UPDATE holdfast_meta SET applied = applied + 1"); },
     true},
};

/// As what it was found; empty: it was not.
std::string found_in(const sabotage& way, const std::string& folder, std::uint64_t seed) {
    tally counted;
    hunt store(folder, "self test", seed, std::chrono::milliseconds(1), counted);
    life first = store.draw_life();
    first.options.ring_bytes = std::size_t{4} << 20; // nothing on the heap
    first.most_ticks = 24;
    first.syncs_each_tick = false;
    first.end = way.closes ? life::ending::closes : life::ending::plays_on;
    if (way.prepare != nullptr) way.prepare(first);
    try {
        (void)store.kill_one(first, {.when = aim::at::end, .longest = std::chrono::seconds(60)});
        if (way.spoil != nullptr) way.spoil(store);
        store.open_for_good();
    } catch (const finding& found) {
        if (!way.expected || found.is() == *way.expected) return name_of(found.is());
        std::printf("  as %s, not as %s: %s\n", name_of(found.is()), name_of(*way.expected), found.what());
    }
    return {};
}

} // namespace

bool self_test(const choices& chosen) {
    bool good = true;
    for (const sabotage& way : all_ways) {
        const std::string folder = chosen.folder + "/self_test";
        const std::string what = found_in(way, folder, chosen.seed);
        good = good && !what.empty();
        std::printf("%-50s %s\n", way.name, what.empty() ? "NOT FOUND" : ("found as " + what).c_str());
        std::filesystem::remove_all(folder);
    }
    std::error_code not_empty;
    std::filesystem::remove(chosen.folder, not_empty);
    return good;
}

} // namespace torture
