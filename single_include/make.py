# SPDX-License-Identifier: MIT
"""Makes holdfast.hpp, the library in one header, from include/.

make.py [FILE]       writes it (single_include/holdfast.hpp)
make.py --check      3 when the one that is there is not what would be made

Each header of the doors below stands in it once, in the order in which the compiler would meet it. Headers of others are
included at its start; those of the JSON door stand behind `#ifdef HOLDFAST_JSON`, which a user defines who has simdjson.
"""
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
INCLUDE = os.path.join(HERE, "..", "include")
MADE = os.path.join(HERE, "holdfast.hpp")

ALWAYS = ["holdfast/holdfast.hpp", "holdfast/csv.hpp"]
WITH_JSON = "holdfast/json.hpp"

HEAD = """\
// SPDX-License-Identifier: MIT
/// @file
/// Holdfast in one header: in-memory-first storage with SQLite behind it, for C++20 servers.
/// https://github.com/holdfast-cpp/holdfast
///
/// Made by single_include/make.py from include/: change that. It takes the place of every header of the library; do not
/// include both. `#define HOLDFAST_JSON` before it for JSON, which needs simdjson. Link: sqlite3, and threads.
#pragma once
"""

OURS = re.compile(r'#include <(holdfast/[^>]+)>')
OTHERS = re.compile(r'#include <([^>]+)>')
SKIPPED = ("#pragma once", "// SPDX-License-Identifier")


class Maker:
    def __init__(self):
        self.seen = set()
        self.others = set()

    def read(self, name):
        """The lines of a header and of what it includes, where it includes it."""
        if name in self.seen:
            return []
        self.seen.add(name)
        lines, conditions = [], 0
        with open(os.path.join(INCLUDE, name), encoding="utf-8") as text:
            for line in text.read().splitlines():
                if line.startswith(SKIPPED):
                    continue
                conditions += line.startswith("#if")
                conditions -= line.startswith("#endif")
                if ours := OURS.match(line):
                    if conditions:
                        sys.exit(f"{name}: {line} within #if: make.py does not know what that would mean")
                    lines += self.read(ours[1])
                elif (others := OTHERS.match(line)) and not conditions:
                    self.others.add(others[1])
                else:
                    lines.append(line)
        while lines and not lines[0]:
            lines.pop(0)
        return ["", f"// {name} " + "-" * (116 - len(name)), ""] + lines

    def take_others(self):
        taken, self.others = sorted(self.others), set()
        return [f"#include <{name}>" for name in taken]


def squeezed(lines):
    """Without a second empty line."""
    return [line for i, line in enumerate(lines) if line or i == 0 or lines[i - 1]]


def make():
    maker = Maker()
    core = [line for door in ALWAYS for line in maker.read(door)]
    others = maker.take_others()
    json = maker.read(WITH_JSON)
    lines = others + core + ["", "#ifdef HOLDFAST_JSON"] + maker.take_others() + json + ["#endif // HOLDFAST_JSON"]
    return HEAD + "\n" + "\n".join(squeezed(lines)) + "\n"


def main():
    if sys.argv[1:] == ["--check"]:
        with open(MADE, encoding="utf-8") as there:
            if there.read() == make():
                return 0
        print("single_include/holdfast.hpp is not what include/ makes: run single_include/make.py")
        return 3
    with open(sys.argv[1] if len(sys.argv) > 1 else MADE, "w", encoding="utf-8") as to:
        to.write(make())
    return 0


if __name__ == "__main__":
    sys.exit(main())
