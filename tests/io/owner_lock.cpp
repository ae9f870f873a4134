// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/io/owner_lock.hpp.
#include <holdfast/io/owner_lock.hpp>

#include "support/catch.hpp"
#include "support/child_process.hpp"
#include "support/temporary_folder.hpp"
#include "support/words.hpp"

#include <memory>

using holdfast::canonical_path;
using holdfast::errc;
using holdfast::os_error;
using holdfast::owner_lock;
using holdfast::test::child_process;
using holdfast::test::mentions;
using holdfast::test::mentions_all;
using holdfast::test::temporary_folder;

namespace {

/// A process that takes the lock, says how that went, and keeps it until it is told to go on.
auto holder_of(const std::string& path) {
    return std::make_unique<child_process>([path](const child_process::line& parent) {
        const auto lock = owner_lock::take(path);
        parent.say(lock ? "held" : lock.why().message());
        parent.wait();
    });
}

/// A process begun before this one has taken the lock, and therefore without a copy of its register. Tries
/// for the lock each time it is told to go on, and says how that went.
auto rival_for(const std::string& path) {
    return std::make_unique<child_process>([path](const child_process::line& parent) {
        for (;;) {
            parent.wait();
            const auto lock = owner_lock::take(path);
            parent.say(lock ? "held" : lock.why().message());
        }
    });
}

} // namespace

TEST_CASE("a lock is taken once in a process and again after it was let go") {
    const temporary_folder folder;
    const std::string path = folder / "world.db.lock";
    {
        const auto first = owner_lock::take(path);
        REQUIRE(first);
        const auto second = owner_lock::take(path);
        REQUIRE_FALSE(second);
        CHECK(second.why().code == errc::busy);
        CHECK(mentions_all(second.why().detail, path, "this process"));
    }
    CHECK(std::filesystem::exists(path));
    CHECK(owner_lock::take(path));
}

TEST_CASE("a refused second lock leaves the first one in force") {
    const temporary_folder folder;
    const std::string path = folder / "world.db.lock";
    const auto rival = rival_for(path);
    const auto first = owner_lock::take(path);
    REQUIRE(first);
    for (int i = 0; i < 3; ++i) REQUIRE_FALSE(owner_lock::take(path));
    // Closing any descriptor of the file would have dropped the lock of the process.
    rival->go_on();
    CHECK(mentions_all(rival->hear(), "busy", "process " + std::to_string(::getpid())));
}

TEST_CASE("two databases are owned at the same time") {
    const temporary_folder folder;
    const auto first = owner_lock::take(folder / "a.lock");
    const auto second = owner_lock::take(folder / "b.lock");
    CHECK(first);
    CHECK(second);
    CHECK_FALSE(owner_lock::take(folder / "a.lock"));
}

TEST_CASE("a lock that was moved is let go once, by its last owner") {
    const temporary_folder folder;
    const std::string path = folder / "world.db.lock";
    auto first = owner_lock::take(path).value();
    {
        owner_lock moved(std::move(first));
        CHECK_FALSE(owner_lock::take(path));
        owner_lock again;
        again = std::move(moved);
        CHECK_FALSE(owner_lock::take(path));
    }
    auto lock = owner_lock::take(path);
    REQUIRE(lock);
    *lock = owner_lock();
    CHECK(owner_lock::take(path));
}

TEST_CASE("a lock file reached by a symbolic link is the same lock") {
    const temporary_folder folder;
    const std::string path = folder / "world.db.lock";
    const auto first = owner_lock::take(path);
    REQUIRE(first);
    std::filesystem::create_symlink(path, folder / "link.lock");
    std::filesystem::create_hard_link(path, folder / "hard.lock");
    std::filesystem::create_directory_symlink(folder.path(), folder / "same");
    for (const char* name : {"link.lock", "hard.lock", "same/world.db.lock"}) {
        const auto second = owner_lock::take(folder / name);
        REQUIRE_FALSE(second);
        CHECK(second.why().code == errc::busy);
    }
}

TEST_CASE("a second process is refused and told which process is the owner") {
    const temporary_folder folder;
    const std::string path = folder / "world.db.lock";
    const auto owner = holder_of(path);
    REQUIRE(owner->hear() == "held");
    const auto mine = owner_lock::take(path);
    REQUIRE_FALSE(mine);
    CHECK(mine.why().code == errc::busy);
    CHECK(mentions_all(mine.why().detail, path, "process " + std::to_string(owner->id())));
}

TEST_CASE("a refused process may take the lock as soon as the owner has ended") {
    const temporary_folder folder;
    const std::string path = folder / "world.db.lock";
    const auto owner = holder_of(path);
    REQUIRE(owner->hear() == "held");
    REQUIRE_FALSE(owner_lock::take(path));

    SECTION("by itself") {
        owner->go_on();
        REQUIRE(owner->wait() == 0);
    }
    SECTION("by SIGKILL") {
        owner->kill();
        REQUIRE(owner->wait() == -SIGKILL);
    }
    CHECK(owner_lock::take(path));
}

TEST_CASE("a process that ends gives no lock of its parent away") {
    const temporary_folder folder;
    const std::string path = folder / "world.db.lock";
    const auto rival = rival_for(path);
    {
        const auto mine = owner_lock::take(path);
        REQUIRE(mine);
        child_process other([](const child_process::line&) {}); // has a copy of the descriptor and closes it
        REQUIRE(other.wait() == 0);
        rival->go_on();
        CHECK(mentions(rival->hear(), "process " + std::to_string(::getpid())));
    }
    rival->go_on();
    CHECK(rival->hear() == "held");
}

TEST_CASE("a lock in a folder that is not there says so") {
    const temporary_folder folder;
    const auto lock = owner_lock::take(folder / "nowhere/world.db.lock");
    REQUIRE_FALSE(lock);
    CHECK(lock.why().code == errc::not_found);
    CHECK(mentions_all(lock.why().detail, folder / "nowhere/world.db.lock", "No such file"));
}

TEST_CASE("a lock whose file cannot be opened is an io error") {
    const temporary_folder folder;
    std::filesystem::create_directory(folder / "world.db.lock");
    const auto lock = owner_lock::take(folder / "world.db.lock");
    REQUIRE_FALSE(lock);
    CHECK(lock.why().code == errc::io);
    CHECK(mentions(lock.why().detail, folder / "world.db.lock"));
}

TEST_CASE("the canonical path follows links to files and folders") {
    const temporary_folder folder;
    std::filesystem::create_directory(folder / "data");
    holdfast::test::write_file(folder / "data/world.db", "x");
    std::filesystem::create_symlink(folder / "data/world.db", folder / "link.db");
    std::filesystem::create_directory_symlink(folder / "data", folder / "current");
    const std::string real = folder / "data/world.db";
    for (const char* name : {"data/world.db", "link.db", "current/world.db", "data/../data//world.db"}) {
        CAPTURE(name);
        CHECK(canonical_path(folder / name).value() == real);
    }
    // Of a file that is not there yet, the folder counts.
    CHECK(canonical_path(folder / "current/new.db").value() == folder / "data/new.db");
}

TEST_CASE("the canonical path of a relative name starts at the working folder") {
    const std::string here = std::filesystem::canonical(std::filesystem::current_path()).string();
    CHECK(canonical_path("holdfast_not_there.db").value() == here + "/holdfast_not_there.db");
    CHECK(canonical_path("./holdfast_not_there.db").value() == here + "/holdfast_not_there.db");
    CHECK(canonical_path("/holdfast_not_there.db").value() == "/holdfast_not_there.db");
}

TEST_CASE("the canonical path in a folder that is not there is refused by name") {
    const temporary_folder folder;
    const auto path = canonical_path(folder / "nowhere/world.db");
    REQUIRE_FALSE(path);
    CHECK(path.why().code == errc::not_found);
    CHECK(mentions(path.why().detail, folder / "nowhere"));
}

TEST_CASE("regression: a link to a file that is not there yet has the path of that file") {
    // Else the database would be locked under the link's name, and a second time under its own.
    const temporary_folder folder;
    std::filesystem::create_directory(folder / "data");
    const std::string real = folder / "data/real.db";
    for (const std::string& target : {real, std::string("data/real.db"), std::string("data/../data//real.db")}) {
        CAPTURE(target);
        std::filesystem::create_symlink(target, folder / "link.db");
        std::filesystem::create_symlink("link.db", folder / "link to link.db");
        CHECK(canonical_path(folder / "link.db").value() == real);
        CHECK(canonical_path(folder / "link to link.db").value() == real);
        std::filesystem::remove(folder / "link.db");
        std::filesystem::remove(folder / "link to link.db");
    }
}

TEST_CASE("links that lead nowhere are refused by name") {
    const temporary_folder folder;
    std::filesystem::create_symlink("two.db", folder / "one.db");
    std::filesystem::create_symlink("one.db", folder / "two.db");
    std::filesystem::create_symlink("nowhere/real.db", folder / "link.db");
    const auto circle = canonical_path(folder / "one.db");
    REQUIRE_FALSE(circle);
    CHECK(circle.why().code == errc::io);
    CHECK(mentions(circle.why().detail, folder / "one.db"));
    const auto lost = canonical_path(folder / "link.db");
    REQUIRE_FALSE(lost);
    CHECK(lost.why().code == errc::not_found);
    CHECK(mentions(lost.why().detail, folder / "nowhere"));
}

TEST_CASE("errors of the operating system keep its words and become our codes") {
    CHECK(os_error("cannot write", "/a/b", ENOSPC).code == errc::full);
    CHECK(os_error("cannot write", "/a/b", ENOENT).code == errc::not_found);
    CHECK(os_error("cannot write", "/a/b", EACCES).code == errc::io);
    CHECK(os_error("cannot write", "/a/b", EACCES).detail == "cannot write /a/b: Permission denied");
}
