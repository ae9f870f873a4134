// SPDX-License-Identifier: MIT
/// @file
/// Keys are not given by the library here: 0 is a block like any other.
#include "adopt.hpp"

#include "verify.hpp"

#include <filesystem>

namespace mmo {
namespace {

constexpr std::int64_t one_up = 4'096; // y, in a packed position: z * 2^24 + y * 2^12 + x

/// A database in use is more than its file.
void copy_database(const std::string& from, const std::string& to) {
    namespace fs = std::filesystem;
    for (const char* part : {"-wal", "-journal"})
        if (fs::exists(from + part) && fs::file_size(from + part) != 0)
            throw hf::failure({hf::errc::busy, from + part + " is there: stop the server that uses the map first"});
    fs::copy_file(from, to);
    fs::permissions(to, fs::perms::owner_write, fs::perm_options::add);
}

void describe(const map_world& map) {
    std::uint64_t bytes = 0;
    for (const auto block : map.blocks) bytes += block->data.size();
    std::printf("read %s blocks, %s bytes", grouped(map.blocks.size()).c_str(), grouped(bytes).c_str());
    if (const auto origin = map.blocks.find(0)) std::printf("; key 0 is one of them, %zu bytes", origin->data.size());
    std::printf("\n");
}

/// A key does not change: a block that moves goes and comes, in one piece or not at all.
hf::result<void> move_up(map_world& map, hf::row<map_block> block, std::int64_t blocks_up) {
    map_block moved = *block;
    moved.pos += blocks_up * one_up;
    if (auto ok = map.blocks.erase(block); !ok) return ok;
    auto there = map.blocks.insert(std::move(moved));
    if (!there) return there.why();
    return {};
}

/// Every third block 20 blocks up, every seventh gone, and a copy of every tenth far above.
void change(hf::store<map_world>& db) {
    std::vector<hf::row<map_block>> all;
    for (const auto block : db->blocks) all.push_back(block);
    std::size_t moved = 0, blocked = 0, deleted = 0, added = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (i % 10 == 0) {
            auto made = db->blocks.insert({.pos = all[i]->pos + 1'000 * one_up, .data = all[i]->data});
            if (made) ++added;
        }
        if (i % 7 == 0) {
            db->blocks.erase(all[i]).value();
            ++deleted;
        } else if (i % 3 == 0) {
            const auto done = db.transact([&](map_world& map) { return move_up(map, all[i], 20); });
            ++(done ? moved : blocked);
        }
        if (i % 100 == 99) db.commit();
    }
    std::printf("moved %s, added %s and deleted %s blocks; %s stayed, because a block is there already\n",
                grouped(moved).c_str(), grouped(added).c_str(), grouped(deleted).c_str(), grouped(blocked).c_str());
}

} // namespace

bool adopt(const std::string& file, const std::string& copy) {
    copy_database(file, copy);
    std::printf("adopting %s, in a copy: %s\n", file.c_str(), copy.c_str());
    auto db = hf::open<map_world>(copy).value();
    describe(*db);
    change(db);
    db.commit();
    const hf::save_report saved = db.save_all(std::chrono::seconds(60)).value();
    std::printf("saved in %.1f ms\n", in_ms(saved.took));
    return another_process_agrees(db, copy, "verify-map");
}

} // namespace mmo
