// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/core/never_destroyed.hpp.
#include <holdfast/core/never_destroyed.hpp>

#include "support/catch.hpp"
#include "support/child_process.hpp"

#include <string>

using holdfast::detail::never_destroyed;

namespace {

struct text {
    std::string is = "longer than what a string holds without memory of its own";
};

} // namespace

TEST_CASE("there is one object of a type, and a destructor at the end of the program may use it") {
    CHECK(&never_destroyed<text>() == &never_destroyed<text>());
    holdfast::test::child_process child([](const holdfast::test::child_process::line& parent) {
        static const holdfast::test::child_process::line* out = nullptr;
        out = &parent;
        struct last {
            ~last() {
                out->say(never_destroyed<text>().is);
                ::_exit(0);
            }
        };
        static const last one;
        never_destroyed<text>().is += ", " + std::string(50, 'x'); // made after `one`
        std::exit(1);
    });
    CHECK(child.hear() == text().is + ", " + std::string(50, 'x'));
    CHECK(child.wait() == 0);
}
