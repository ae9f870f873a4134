#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Whether the compiler's first word about a mistake is the library's: check.py [--compiler g++] [-I folder] [case...]

A file here holds one case or more, each as it is declared at its top:

    // case c_array: FIELD=char text[16]{} | OPTION=hf::nocase<&player::id>
    // says: a C array cannot be stored

The macros (none after `// case name`) are defined when the file is compiled; JSON and STORE say that it includes those. The first error must be the sentence, with
`[holdfast]` before it; what follows may repeat it, but must not have another sentence of the library's. With another compiler by hand:
tests/refused/check.py --compiler clang++-16 --jobs 2
"""

import argparse
import concurrent.futures
import glob
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
CASE = re.compile(r"// case (\w+)(?:: (.*))?\n// says: (.*)\n")
ERROR = re.compile(r"error: (.*)")
STANDARD = ["atomic", "chrono", "functional", "map", "memory", "mutex", "span", "variant", "vector"]
PRELUDES = {"": ["world"], "JSON": ["world", "json"], "STORE": ["world", "store"]}  # by a macro of the case
MOST_ERRORS = 12  # a sentence before more of them is buried


def cases():
    """(name, file, macros, sentence) of every case."""
    for path in sorted(glob.glob(os.path.join(HERE, "*.cpp"))):
        with open(path, encoding="utf-8") as file:
            found = CASE.findall(file.read())
        if not found:
            sys.exit(f"{path}: no case in it")
        for name, macros, sentence in found:
            yield name, path, macros.split(" | ") if macros else [], "[holdfast] " + sentence


def prelude(compiler, folder, macro):
    """What every case with the macro includes, compiled once; the arguments that use it."""
    header = os.path.join(folder, f"prelude{macro}.hpp")
    with open(header, "w", encoding="utf-8") as file:
        file.writelines(f"#include <holdfast/{name}.hpp>\n" for name in PRELUDES[macro])
        file.writelines(f"#include <{name}>\n" for name in STANDARD)
    subprocess.run([*compiler, "-x", "c++-header", header, "-o", header + ".gch"], check=True)
    return ["-include", header]


def macro_of(case):
    """Which of the preludes is the case's."""
    return next((macro for macro in case[2] if macro in PRELUDES), "")


def complaint(compiler, case):
    """What is wrong with what the compiler says of the case, if anything is; and how many errors it gives."""
    name, path, macros, sentence = case
    done = subprocess.run([*compiler, "-fsyntax-only", *("-D" + macro for macro in macros), path],
                          capture_output=True, text=True, errors="replace")
    said = ERROR.findall(done.stderr)
    wrong = None
    if not said:
        wrong = "it compiles"
    elif sentence not in said[0]:
        wrong = "the first error is another: " + said[0]
    elif other := [line for line in said if "[holdfast]" in line and sentence not in line]:
        wrong = "and it says: " + other[0]
    elif len(said) > MOST_ERRORS:
        wrong = f"and {len(said) - 1} more errors"
    return wrong and f"{name}: should say: {sentence}\n    {wrong}", len(said), done.stderr


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--compiler", default="g++")
    parser.add_argument("-I", dest="folders", action="append", default=[])
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="print all that the compiler says")
    parser.add_argument("cases", nargs="*")
    chosen = parser.parse_args()
    compiler = [chosen.compiler, "-std=c++20", "-w",
                "-I" + os.path.join(ROOT, "include"), *("-I" + folder for folder in chosen.folders if folder)]
    wanted = [case for case in cases() if not chosen.cases or case[0] in chosen.cases]
    bad = 0
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(chosen.jobs) as pool:
        macros = sorted({macro_of(case) for case in wanted})
        preludes = dict(zip(macros, pool.map(lambda macro: prelude(compiler, folder, macro), macros)))
        judged = pool.map(lambda case: complaint([*compiler, *preludes[macro_of(case)]], case), wanted)
        for case, (wrong, errors, text) in zip(wanted, judged):
            bad += wrong is not None
            print(wrong or f"{case[0]}: ok" + (f", {errors} errors" if errors > 1 else ""), flush=True)
            if chosen.show:
                print(text)
    print(f"{len(wanted)} cases, {bad} wrong")
    return 1 if bad or not wanted else 0


if __name__ == "__main__":
    sys.exit(main())
