// SPDX-License-Identifier: MIT
/// @file
/// A file that includes the library and does not use it has none of its code.
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <cstdlib>
#include <fstream>

TEST_CASE("a header that is only included makes no function and no virtual table") {
    for (const char* header : {"world.hpp", "holdfast.hpp"}) {
        const holdfast::test::temporary_folder folder;
        std::ofstream(folder / "included.cpp") << "#include <holdfast/" << header << ">\n";
        const std::string compile = "'" + std::string(HOLDFAST_TEST_COMPILER) + "' -std=c++20 -O2 -DNDEBUG '-I" +
                                    HOLDFAST_TEST_SOURCE_DIR + "/../include' '-I" + HOLDFAST_TEST_BOOST_DIR + "' -S '" +
                                    (folder / "included.cpp") + "' -o '" + (folder / "included.s") + "'";
        REQUIRE(std::system(compile.c_str()) == 0);
        std::ifstream assembly(folder / "included.s");
        int lines = 0;
        for (std::string line; std::getline(assembly, line); ++lines) {
            CAPTURE(header, line);
            CHECK((line.find("\t.weak\t") != 0 && line.find("\t.globl\t") != 0));
        }
        CHECK(lines > 0);
    }
}
