// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/io/file_system.hpp.
#include <holdfast/io/file.hpp>
#include <holdfast/io/file_system.hpp>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"
#include "support/words.hpp"

#include <linux/magic.h>

using namespace holdfast;
using holdfast::test::mentions_all;
using holdfast::test::temporary_folder;
using kind = holdfast::file_system_kind;

TEST_CASE("file systems are known by their number") {
    for (const int fit :
         {EXT2_SUPER_MAGIC, EXT3_SUPER_MAGIC, EXT4_SUPER_MAGIC, 0x58465342, TMPFS_MAGIC, OVERLAYFS_SUPER_MAGIC})
        CHECK(file_system_of(static_cast<std::uint32_t>(fit)).kind == kind::fit);
    for (const std::uint32_t network : {static_cast<std::uint32_t>(NFS_SUPER_MAGIC), 0x517bU, 0xfe534d42U, 0xff534d42U,
                                        0x65735546U, static_cast<std::uint32_t>(V9FS_MAGIC)})
        CHECK(file_system_of(network).kind == kind::network);
    for (const std::uint32_t copying : {static_cast<std::uint32_t>(BTRFS_SUPER_MAGIC), 0x2fc12fc1U, 0xca451a4eU})
        CHECK(file_system_of(copying).kind == kind::copy_on_write);
    for (const std::uint32_t other : {0U, ~0U, static_cast<std::uint32_t>(PROC_SUPER_MAGIC), 0x858458f6U, 0x4d44U})
        CHECK(file_system_of(other).kind == kind::unknown);
}

TEST_CASE("the file system that cannot be relied on is named, and why") {
    CHECK(detail::why_unfit(EXT4_SUPER_MAGIC).empty());
    CHECK(detail::why_unfit(NFS_SUPER_MAGIC) == "NFS, whose locks and syncs cannot be relied on");
    CHECK(mentions_all(detail::why_unfit(BTRFS_SUPER_MAGIC), "btrfs", "SIGBUS"));
    CHECK(detail::why_unfit(0xabc) == "a file system that is not known (0x00000abc)");
}

TEST_CASE("the file system of a path is asked; nothing is said of a path that leads nowhere") {
    const temporary_folder folder;
    CHECK(unfit_file_system(folder / "").value().empty()); // where tests run a store can be
    CHECK(unfit_file_system(folder / "nothing").value().empty());
    CHECK(unfit_file_system("/proc/self").value() == "/proc/self is on a file system that is not known (0x00009fa0)");
}

TEST_CASE("what is free is told; of a path that leads nowhere it is an error") {
    const temporary_folder folder;
    CHECK(free_bytes(folder / "").value() > 0);
    CHECK(free_bytes(folder / "nothing").why().code == errc::not_found);
}

TEST_CASE("a name is given to a file only when no other has it") {
    const temporary_folder folder;
    const std::string from = folder / "from", to = folder / "to";
    file::create(from).value();
    name_synced(from, to).value();
    CHECK_FALSE(state_of(from));
    file::create(from).value();
    CHECK(name_synced(from, to).why().code == errc::refused);
    CHECK(state_of(from));
    CHECK(name_synced(folder / "nothing", folder / "other").why().code == errc::not_found);
}
