// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/store/: file systems that a store cannot rely on.
#include <holdfast/holdfast.hpp>

#include "support/catch.hpp"
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"
#include "support/words.hpp"

#include <filesystem>

#include <sys/mount.h>

using namespace holdfast::test;
using holdfast::errc;
using holdfast::if_unreliable;
using holdfast::open;

namespace {

struct row {
    std::int64_t id = 0;
};
struct small_world {
    holdfast::table<row, holdfast::primary_key<&row::id>> rows;
};

/// A ramfs, which no store knows, mounted on a folder as long as it lives; only root may.
class unknown_disk {
public:
    explicit unknown_disk(std::string folder) : folder_(std::move(folder)) {
        std::filesystem::create_directory(folder_);
        mounted_ = ::mount("ramfs", folder_.c_str(), "ramfs", 0, nullptr) == 0;
    }
    unknown_disk(const unknown_disk&) = delete;
    unknown_disk& operator=(const unknown_disk&) = delete;
    ~unknown_disk() {
        if (mounted_) ::umount2(folder_.c_str(), MNT_DETACH);
    }
    [[nodiscard]] bool mounted() const noexcept { return mounted_; }

private:
    std::string folder_;
    bool mounted_ = false;
};

bool is_empty(const std::string& folder) {
    return std::filesystem::directory_iterator(folder) == std::filesystem::directory_iterator();
}

} // namespace

TEST_CASE("a database on a file system that is not known is refused before anything is made") {
    auto chosen = small_options();
    const auto refused = open<small_world>("/proc/world.db", chosen); // there it could not be made either
    REQUIRE_FALSE(refused);
    CHECK(refused.why().code == errc::refused);
    CHECK(mentions_all(refused.why().detail, "/proc/world.db", "/proc is on", "0x00009fa0", "if_unreliable::open"));
    chosen.file_system = if_unreliable::open;
    const auto tried = open<small_world>("/proc/world.db", chosen);
    REQUIRE_FALSE(tried);
    CHECK(tried.why().code != errc::refused);
}

TEST_CASE("a ring on a file system that is not known is refused, too") {
    const temporary_folder folder;
    auto chosen = small_options();
    chosen.ring_folder = "/proc";
    const auto refused = open<small_world>(folder / "world.db", chosen);
    REQUIRE_FALSE(refused);
    CHECK(refused.why().code == errc::refused);
    CHECK(mentions_all(refused.why().detail, folder / "world.db", "/proc is on"));
    CHECK(is_empty(folder.path()));
}

TEST_CASE("a store opens on a file system that is not known when the options say so, and warns") {
    const temporary_folder folder;
    const unknown_disk disk(folder / "disk");
    if (!disk.mounted()) return; // not root
    const std::string path = folder / "disk/world.db";
    auto chosen = small_options();
    const auto refused = open<small_world>(path, chosen);
    REQUIRE_FALSE(refused);
    CHECK(refused.why().code == errc::refused);
    CHECK(mentions_all(refused.why().detail, path, "0x858458f6"));
    CHECK(is_empty(folder / "disk"));
    chosen.file_system = if_unreliable::open;
    std::string warned;
    chosen.log = [&](holdfast::log_level level, std::string_view text) {
        if (level == holdfast::log_level::warning) warned += text;
    };
    auto db = open<small_world>(path, chosen).value();
    CHECK(mentions_all(warned, path, "0x858458f6", "is opened anyway"));
    db->rows.insert({.id = 1}).value();
    db.commit();
    close_and_compare(db, path);
}
