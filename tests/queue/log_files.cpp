// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/queue/log_files.hpp: segments that are given up while calls fail.
#include <holdfast/queue/log_files.hpp>

#include "support/catch.hpp"
#include "support/io_faults.hpp"
#include "support/temporary_folder.hpp"

#include <filesystem>

using namespace holdfast;
using namespace holdfast::test;

TEST_CASE("a segment that was cut for the archive, and could not be moved there, is whole") {
    const temporary_folder folder;
    const std::string archive = folder / "archive";
    std::filesystem::create_directory(archive);
    log_files files(log_place{.folder = folder.path(), .segment_bytes = 4'096, .archive = archive}, log_schema{}, 7);
    REQUIRE(files.begin({1}));
    const std::string first = files.path();
    const std::vector<std::byte> frame(100);
    const bytes_view written(frame);
    REQUIRE(files.append({&written, 1}));
    REQUIRE(files.begin({2}));
    io_faults faults([](system_call::kind what, std::string_view) { return what == system_call::kind::rename; });
    faults.fail(1, io_faults::for_good, EIO);
    CHECK_FALSE(files.drop_through(1));
    CHECK(std::filesystem::file_size(first) < 4'096); // it was cut
    CHECK(files.look());                              // by us
    std::filesystem::resize_file(first, std::filesystem::file_size(first) - 1);
    CHECK(files.look().why().code == errc::corrupt);
    std::filesystem::resize_file(first, std::filesystem::file_size(first) + 1);
    faults.clear();
    CHECK(files.drop_through(1));
    CHECK(std::filesystem::exists(archive + first.substr(first.rfind('/'))));
    CHECK(files.look());
}
