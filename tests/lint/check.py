#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks the house rules that a script can check: check.py [root of the repository]

Each check_* function below is one rule. It looks at the whole tree and yields (path, line, message).
"""

import os
import re
import subprocess
import sys
import textwrap

INCLUDE = "include/holdfast/"

# A room is a folder of include/holdfast and includes only rooms listed before it.
ROOMS = ["core", "reflect", "track", "table", "io", "queue", "sqlite", "schema", "snapshot", "store",
         "json", "csv"]
# Exceptions: the queue works without tables (so io does too), sqlite without either; json and csv need no room behind
# table, and no room needs json: who includes it pays for simdjson.
WITHOUT = {"io": {"track", "table"}, "queue": {"track", "table"}, "sqlite": {"track", "table", "queue"},
           "json": set(ROOMS[ROOMS.index("io"):ROOMS.index("json")]),
           "csv": set(ROOMS[ROOMS.index("io"):ROOMS.index("csv")])}
# The main doors, each with the last room it may open. Only a main door may include another.
MAIN_DOORS = {"world.hpp": "table", "holdfast.hpp": "store"}

GENERATED = {"single_include/holdfast.hpp"}  # what it is made of is looked at
MAX_HEADER_LINES = 400
MACRO_HOME = "config.hpp"
MACRO_EXCUSE = "lint: macro-ok"
EMPTY_WORDS = {"manager", "helper", "helpers", "util", "utils", "impl"}

INCLUDE_LINE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
DEFINE_LINE = re.compile(r"^\s*#\s*define\s+(\w+)")
DECLARED_NAME = re.compile(
    r"\b(?:enum\s+class|enum|class|struct|union|concept|namespace|using)\s+"
    r"(?:\[\[.*?\]\]\s*|alignas\s*\(.*?\)\s*)*([A-Za-z_][\w:]*)")
UNFINISHED = re.compile(r"\b(T[O]DO|F[I]XME|X[X]X)\b")
ABSOLUTE_PATH = re.compile(r"(?<![\w.\-/}])/(?:home|root|Users|work)/")
COMMENT_OR_STRING = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"([^\s()\\]{0,16})\(.*?\)\1"'
    r'|"(?:\\.|[^"\\\n])*"|(?<!\w)\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)


class Tree:
    """The text files of the repository, by path relative to its root."""

    def __init__(self, root):
        self.root = root
        self.texts = {path: text for path in sorted(self._paths())
                      if path not in GENERATED and (text := self._read(path)) is not None}

    def files(self, *endings, under=""):
        """(path, text) of each file whose name ends so, below a folder."""
        return [(p, t) for p, t in self.texts.items() if p.startswith(under) and p.endswith(endings or "")]

    def _paths(self):
        if os.path.exists(os.path.join(self.root, ".git")):
            try:
                listing = subprocess.run(["git", "-C", self.root, "ls-files", "-coz", "--exclude-standard"],
                                         capture_output=True, text=True, check=True)
                return set(listing.stdout.split("\0")) - {""}
            except (OSError, subprocess.CalledProcessError):
                pass  # no git here, or a tree that belongs to somebody else
        return set(self._walk())

    def _walk(self):
        for folder, folders, names in os.walk(self.root):
            folders[:] = [f for f in folders if f not in {".git", "build", "__pycache__"}]
            for name in names:
                yield os.path.relpath(os.path.join(folder, name), self.root)

    def _read(self, path):
        try:
            with open(os.path.join(self.root, path), "rb") as file:
                data = file.read()
        except (FileNotFoundError, IsADirectoryError):
            return None  # deleted but still listed; a submodule
        return None if b"\0" in data[:8192] else data.decode("utf-8", "replace")


def numbered(text):
    return enumerate(text.split("\n"), 1)


def code_only(text):
    """The text with comments and strings blanked, line numbers unchanged."""
    return COMMENT_OR_STRING.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def includes(text):
    """(line, bracket, path) of each #include."""
    for line, content in numbered(text):
        if found := INCLUDE_LINE.match(content):
            yield line, found.group(1), found.group(2)


def room_of(path):
    """The room of a path below include/holdfast; queue.hpp belongs to queue, config.hpp to the first room."""
    if path == MACRO_HOME:
        return ROOMS[0]
    return path.split("/")[0].removesuffix(".hpp")


def rooms_open_to(path):
    """The rooms that a header may include, or None when it stands in no room."""
    last = MAIN_DOORS.get(path, room_of(path))
    if last not in ROOMS:
        return None
    return set(ROOMS[:ROOMS.index(last) + 1]) - WITHOUT.get(last, set())


def check_rooms(tree):
    """A room includes only rooms above it."""
    for path, text in tree.files(".hpp", under=INCLUDE):
        header = path.removeprefix(INCLUDE)
        allowed = rooms_open_to(header)
        if allowed is None:
            yield path, 1, f"'{room_of(header)}' is not a room; the rooms are {' '.join(ROOMS)}"
            continue
        for line, _, included in includes(text):
            target = included.removeprefix("holdfast/")
            if target == included:
                continue
            if target in MAIN_DOORS and header not in MAIN_DOORS:
                yield path, line, f"a room does not include the main door <{included}>"
            elif target not in MAIN_DOORS and room_of(target) not in allowed:
                yield path, line, f"{header} may not include the room {room_of(target)}"


def check_include_style(tree):
    """Our headers are included with angle brackets and the whole path."""
    for path, text in tree.files(".hpp", ".cpp"):
        for line, bracket, included in includes(text):
            if bracket == '"' and (path.startswith(INCLUDE) or included.startswith(("holdfast/", "../"))):
                yield path, line, f'not "{included}": write <holdfast/...>, the whole path in angle brackets'


def check_license(tree):
    """Every source file and script starts with the SPDX line."""
    for path, text in tree.files(".hpp", ".cpp"):
        if not text.startswith("// SPDX-License-Identifier: MIT\n"):
            yield path, 1, "the first line is not '// SPDX-License-Identifier: MIT'"
    for path, text in tree.files():
        script = text.startswith("#!") or path.endswith((".cmake", ".cmake.in", "CMakeLists.txt", ".py", ".sh"))
        if script and "# SPDX-License-Identifier: MIT" not in text.splitlines()[:2]:
            yield path, 1, "no '# SPDX-License-Identifier: MIT' in the first two lines"


def check_header_start(tree):
    """Every header says what it is and guards itself."""
    for path, text in tree.files(".hpp"):
        for wanted in ("/// @file", "#pragma once"):
            if not any(line.startswith(wanted) for line in text.splitlines()):
                yield path, 1, f"no '{wanted}' line"


def check_names(tree):
    """No file or type is named with a word that says nothing."""
    for path, text in tree.files(".hpp", ".cpp"):
        for word in empty_words(os.path.basename(path)):
            yield path, 1, f"'{word}' in a file name says nothing"
        for line, content in numbered(code_only(text)):
            for name in DECLARED_NAME.findall(content):
                for word in empty_words(name):
                    yield path, line, f"'{word}' in the name {name} says nothing"


def empty_words(name):
    words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)
    return [word for word in words if word.lower() in EMPTY_WORDS]


def check_macros(tree):
    """Macros live in config.hpp; tests may have their own."""
    for path, text in tree.files(".hpp", ".cpp"):
        if path.startswith("tests/") or os.path.basename(path) == MACRO_HOME:
            continue
        for (line, code), (_, written) in zip(numbered(code_only(text)), numbered(text)):
            found = DEFINE_LINE.match(code)
            if found and MACRO_EXCUSE not in written:
                yield path, line, f"macro {found.group(1)} outside {MACRO_HOME}"


def check_header_length(tree):
    """A public header is one thing, so it is short."""
    for path, text in tree.files(".hpp", under=INCLUDE):
        lines = text.count("\n")
        if lines > MAX_HEADER_LINES:
            yield path, MAX_HEADER_LINES + 1, f"{lines} lines; at most {MAX_HEADER_LINES}"


def check_unfinished(tree):
    """Unfinished work is an issue, not a comment."""
    for path, text in tree.files():
        for line, content in numbered(text):
            if found := UNFINISHED.search(content):
                yield path, line, f"{found.group()} left in the text"


def check_absolute_paths(tree):
    """No path of one machine."""
    for path, text in tree.files():
        for line, content in numbered(text):
            if found := ABSOLUTE_PATH.search(content):
                yield path, line, f"absolute path {found.group()}..."


def check_readme_output(tree):
    """What the README's program prints, it says, is what the test of that program expects."""
    path = "examples/first_world.expected"
    expected = tree.texts.get(path)
    if expected is not None and textwrap.indent(expected, "    ") not in tree.texts.get("README.md", ""):
        yield path, 1, "README.md says that the program prints something else"


FENCED_CODE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
DOC_CODE = re.compile(r"(?:<!-- code: (\S+)(?: \[(\w+)\])? -->\n)?```cpp\n(.*?)```", re.DOTALL)


def without_code(text):
    return FENCED_CODE.sub(lambda match: "\n" * match[0].count("\n"), text)


def part_of_code(source, name):
    """What stands between the lines `// [name]` and `// [end]`, without its indentation."""
    found = re.search(rf"^ *// \[{name}\]\n(.*?)^ *// \[end\]$", source, re.DOTALL | re.MULTILINE)
    return found and textwrap.dedent(found[1])


INDENTED_CODE = re.compile(r"^ {4}(?:.*\bhf::|struct \w+ \{$)")


def check_doc_code(tree):
    """Code in the documents is that of a compiled file, without the comment at its top, or of a part of one."""
    for path, text in tree.files(".md"):
        for line, content in numbered(without_code(text)):
            if INDENTED_CODE.search(content):
                yield path, line, "code that is compiled nowhere: fence it, below <!-- code: file [part] -->"
        for match in DOC_CODE.finditer(text):
            file, part, code = match.groups()
            line = text.count("\n", 0, match.start()) + 1
            if file is None:
                yield path, line, "code that is compiled nowhere: show that of a file, by <!-- code: file [part] -->"
                continue
            source = tree.texts.get(file)
            if source is None:
                yield path, line, f"shows code of {file}, which is not there"
                continue
            shown = part_of_code(source, part) if part else re.sub(r"\A(?://[^\n]*\n)+", "", source)
            if shown is None or code.strip() != shown.strip():
                yield path, line, f"its code is not that of {file}: copy it again"


DOC_LINK = re.compile(r"[^\[]\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")


def anchors_of(text):
    """What a link to a heading is called: small letters, hyphens for spaces, no other marks."""
    headings = re.findall(r"^#+ (.*)$", without_code(text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def check_doc_links(tree):
    """A link leads to a file, and to a heading that is there."""
    for path, text in tree.files(".md"):
        for number, line in numbered(without_code(text)):
            for match in DOC_LINK.finditer(line):
                file, anchor = match.groups()
                target = os.path.normpath(os.path.join(os.path.dirname(path), file)) if file else path
                if not os.path.exists(os.path.join(tree.root, target)):
                    yield path, number, f"the link to {file} leads nowhere"
                elif anchor and anchor not in anchors_of(tree.texts.get(target, "")):
                    yield path, number, f"{target} has no heading #{anchor}"


CHECKS = [check_rooms, check_include_style, check_license, check_header_start, check_names, check_macros,
          check_header_length, check_unfinished, check_absolute_paths, check_doc_code, check_doc_links, check_readme_output]


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "..", "..")
    tree = Tree(root)
    found = sorted(violation for check in CHECKS for violation in check(tree))
    for path, line, message in found:
        print(f"{path}:{line}: {message}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
