// SPDX-License-Identifier: MIT
/// @file
/// Gives the fuzzer's target the inputs that were kept: each must be read without a mistake, with any compiler.
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

TEST_CASE("the inputs that a fuzzer found are read without a mistake, and every prefix of them") {
    std::size_t files = 0;
    for (const auto& one : std::filesystem::directory_iterator(HOLDFAST_TEST_SOURCE_DIR "/fuzz/corpus")) {
        const std::string bytes = holdfast::test::bytes_of_file(one.path());
        INFO(one.path().filename().string());
        const auto* const data = reinterpret_cast<const std::uint8_t*>(bytes.data());
        CHECK(LLVMFuzzerTestOneInput(data, bytes.size()) == 0);
        for (std::size_t length = 0; length < bytes.size(); length += 1 + bytes.size() / 20) {
            const auto copy = std::make_unique<std::uint8_t[]>(length + 1); // so that its end is the end of memory
            std::copy_n(data, length, copy.get() + 1);
            CHECK(LLVMFuzzerTestOneInput(copy.get() + 1, length) == 0);
        }
        ++files;
    }
    CHECK(files >= 20);
}
