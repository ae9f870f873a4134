#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Plants one violation of each rule in an otherwise clean tree and sees it refused, and nothing else."""

import os
import tempfile
import unittest

import check

SPDX = "// SPDX-License-Identifier: MIT\n"
START = SPDX + "/// @file\n/// One sentence.\n#pragma once\n"
ROOM = "include/holdfast/"

CLEAN = {
    ROOM + "core/config.hpp": START + "#define HOLDFAST_REQUIRE(x) (x)\n",
    ROOM + "queue.hpp": START + "#include <holdfast/queue/ring.hpp>\n",
    ROOM + "queue/ring.hpp": START + "#include <holdfast/core/config.hpp>\n#include <holdfast/io/file.hpp>\n",
    ROOM + "io/file.hpp": START + "// class Helper is only spoken of; simple, implicit, utility\n",
    ROOM + "world.hpp": START + "#include <holdfast/table/table.hpp>\n",
    ROOM + "table/table.hpp": START + "#define X 1 // lint: macro-ok\n#undef X\n",
    ROOM + "holdfast.hpp": START + "#include <holdfast/world.hpp>\n#include <holdfast/store.hpp>\n",
    "tests/queue/ring.cpp": SPDX + '#include "support/catch.hpp"\n#define TWICE(x) x x\n',
    "cmake/a.cmake": "# SPDX-License-Identifier: MIT\n",
    "single_include/holdfast.hpp": START + "#define HOLDFAST_ANYTHING\n",
    "docs/notes.md": "see https://example.org/home/page and tests/work/file\n",
}

REFUSED = [
    (check.check_rooms, ROOM + "core/a.hpp", START + "#include <holdfast/store/open.hpp>\n"),
    (check.check_rooms, ROOM + "queue/a.hpp", START + "#include <holdfast/table.hpp>\n"),
    (check.check_rooms, ROOM + "sqlite/a.hpp", START + "#include <holdfast/queue/ring.hpp>\n"),
    (check.check_rooms, ROOM + "json/a.hpp", START + "#include <holdfast/store/store.hpp>\n"),
    (check.check_rooms, ROOM + "log/a.hpp", START + "#include <holdfast/json/read.hpp>\n"),
    (check.check_rooms, ROOM + "holdfast.hpp", START + "#include <holdfast/json.hpp>\n"),
    (check.check_rooms, ROOM + "world.hpp", START + "#include <holdfast/sqlite.hpp>\n"),
    (check.check_rooms, ROOM + "store/a.hpp", START + "#include <holdfast/holdfast.hpp>\n"),
    (check.check_rooms, ROOM + "cellar/a.hpp", START),
    (check.check_include_style, ROOM + "queue/a.hpp", START + '#include "ring.hpp"\n'),
    (check.check_include_style, "tests/queue/a.cpp", SPDX + '#include "holdfast/queue.hpp"\n'),
    (check.check_license, "bench/a.cpp", "int main() {}\n"),
    (check.check_license, "cmake/b.cmake", "set(a b)\n"),
    (check.check_license, "run", "#!/bin/sh\n"),
    (check.check_header_start, ROOM + "core/a.hpp", SPDX + "#pragma once\n"),
    (check.check_header_start, ROOM + "core/a.hpp", SPDX + "/// @file\n"),
    (check.check_names, ROOM + "core/string_util.hpp", START),
    (check.check_names, ROOM + "core/a.hpp", START + "struct TableManager;\n"),
    (check.check_names, ROOM + "core/a.hpp", START + "enum class [[nodiscard]] ring_impl : int {};\n"),
    (check.check_macros, ROOM + "core/a.hpp", START + "#define A 1\n"),
    (check.check_macros, "examples/a.cpp", SPDX + "  #  define A\n"),
    (check.check_header_length, ROOM + "core/a.hpp", START + "\n" * 400),
    (check.check_unfinished, "docs/a.md", "TO" + "DO: write this\n"),
    (check.check_unfinished, "tests/core/a.cpp", SPDX + "// FIX" + "ME\n"),
    (check.check_doc_code, "docs/a.md", "<!-- code: tests/queue/ring.cpp -->\n```cpp\n#define TWICE(x) x\n```\n"),
    (check.check_doc_code, "docs/a.md", "<!-- code: examples/gone.cpp -->\n```cpp\n```\n"),
    (check.check_doc_code, "docs/a.md", "```cpp\nint compiled_nowhere;\n```\n"),
    (check.check_doc_code, "docs/a.md", "So:\n\n    auto db = hf::open<world>();\n"),
    (check.check_doc_code, "docs/a.md", "<!-- code: tests/queue/ring.cpp [gone] -->\n```cpp\n```\n"),
    (check.check_readme_output, "examples/first_world.expected", "Aria has 60 gold\n"),
    (check.check_doc_links, "docs/a.md", "see [the ring](ring.md#how)\n"),
    (check.check_doc_links, "docs/a.md", "see [this](a.md#gone)\n\n# There\n"),
    (check.check_absolute_paths, "docs/a.md", "run /" + "home/someone/build/x\n"),
]


class Rules(unittest.TestCase):
    def violations(self, files):
        with tempfile.TemporaryDirectory() as root:
            for path, text in files.items():
                os.makedirs(os.path.join(root, os.path.dirname(path)), exist_ok=True)
                with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                    file.write(text)
            tree = check.Tree(root)
            return [(rule, path) for rule in check.CHECKS for path, _, _ in rule(tree)]

    def test_a_clean_tree_passes(self):
        self.assertEqual(self.violations(CLEAN), [])

    def test_each_planted_violation_is_refused_by_its_rule_alone(self):
        for rule, path, text in REFUSED:
            with self.subTest(rule=rule.__name__, path=path, text=text[-40:]):
                self.assertEqual(self.violations({**CLEAN, path: text}), [(rule, path)])

    def test_every_rule_has_a_planted_violation(self):
        self.assertEqual({rule for rule, _, _ in REFUSED}, set(check.CHECKS))


if __name__ == "__main__":
    unittest.main()
