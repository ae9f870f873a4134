# SPDX-License-Identifier: MIT
"""Adds the library to a project in one of the ways that the README names, builds that project in a folder of its own,
outside of the source tree, runs it, and compares what it prints.

try_way.py WAY ROOT COMPILER BOOST    0: it works; 77: it cannot be tried here, and says why; BOOST: where its headers are
"""
import os
import shutil
import signal
import subprocess
import sys
import tempfile

CANNOT = 77


def run(*words, cwd=None, env=None):
    print("+", *words, flush=True)
    subprocess.run(words, cwd=cwd, env=env, check=True)


class Way:
    def __init__(self, root, compiler, boost, folder):
        self.root, self.compiler, self.boost, self.folder = root, compiler, boost, folder
        self.here = os.path.join(root, "tests", "package")
        self.program = os.path.join(root, "examples", "first_world.cpp")

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def expect_output(self, program):
        run_in = self.path("run")
        os.makedirs(run_in)
        printed = subprocess.run([program], cwd=run_in, stdout=subprocess.PIPE, text=True, check=True).stdout
        with open(os.path.splitext(self.program)[0] + ".expected", encoding="utf-8") as expected:
            if printed != expected.read():
                sys.exit(f"it printed something else:\n{printed}")

    def install(self):
        """Installs, and then moves what was installed: a package must not know where it was."""
        run("cmake", "-S", self.root, "-B", self.path("library"))
        run("cmake", "--install", self.path("library"), "--prefix", self.path("first place"))
        os.rename(self.path("first place"), self.path("another place"))
        return self.path("another place")

    def build_project(self, name, *options, program="first_world"):
        shutil.copytree(os.path.join(self.here, name), self.path("project"))
        shutil.copy(self.program, self.path("project"))
        run("cmake", "-S", self.path("project"), "-B", self.path("built"), f"-DCMAKE_CXX_COMPILER={self.compiler}",
            *options)
        run("cmake", "--build", self.path("built"), "--target", program)

    def build_first_world(self, name, *options):
        self.build_project(name, *options)
        self.expect_output(self.path("built", "first_world"))

    def find_package(self):
        self.build_first_world("find_package", f"-DCMAKE_PREFIX_PATH={self.install()}")
        run("cmake", "--build", self.path("built"), "--target", "game")

    def build_json(self, name, *options):
        """The single header's program, with the headers that it was made of."""
        with open(os.path.join(self.here, "single_header", "json.cpp"), encoding="utf-8") as text:
            program = text.read().replace('#define HOLDFAST_JSON\n#include "holdfast.hpp"',
                                          "#include <holdfast/holdfast.hpp>\n#include <holdfast/json.hpp>")
        with open(self.path("json.cpp"), "w", encoding="utf-8") as to:
            to.write(program)
        self.build_project(name, *options, f"-DJSON_PROGRAM={self.path('json.cpp')}", program="json")
        run(self.path("built", "json"), cwd=self.folder)

    def find_package_json(self):
        self.build_json("find_package", f"-DCMAKE_PREFIX_PATH={self.install()}")

    def add_subdirectory_json(self):
        self.build_json("add_subdirectory", f"-DHOLDFAST_SOURCE={self.root}")

    def add_subdirectory(self):
        self.build_first_world("add_subdirectory", f"-DHOLDFAST_SOURCE={self.root}")

    def own_targets(self):
        self.build_first_world("own_targets", f"-DHOLDFAST_SOURCE={self.root}", f"-DBOOST_HEADERS={self.boost}")

    def fetch_content(self):
        self.build_first_world("fetch_content", f"-DHOLDFAST_SOURCE={self.root}")

    def pkg_config(self):
        if shutil.which("pkg-config") is None:
            print("there is no pkg-config")
            sys.exit(CANNOT)
        place = self.install()
        flags = subprocess.run(["pkg-config", "--cflags", "--libs", "holdfast"], stdout=subprocess.PIPE, text=True,
                               check=True, env=os.environ | {"PKG_CONFIG_PATH": f"{place}/share/pkgconfig"}).stdout.strip()
        # As a shell reads it: there is a space in the path.
        run("sh", "-c", f"'{self.compiler}' -std=c++20 '{self.program}' {flags} -o '{self.path('first_world')}'")
        self.expect_output(self.path("first_world"))

    def single_header(self):
        """Nothing else of the library is to be found; the README's program and a second file are one program."""
        shutil.copy(os.path.join(self.root, "single_include", "holdfast.hpp"), self.folder)
        shutil.copytree(os.path.join(self.here, "single_header"), self.folder, dirs_exist_ok=True)
        with open(self.program, encoding="utf-8") as text:
            program = text.read().replace("<holdfast/holdfast.hpp>", '"holdfast.hpp"')
        with open(self.path("first_world.cpp"), "w", encoding="utf-8") as to:
            to.write(program.replace("int main() {", "std::int64_t price_of_one();\n\nint main() {\n"
                                     "    if (price_of_one() != 12) return 2;", 1))
        run(self.compiler, "-std=c++20", "-Wall", "-Wextra", "-Werror", "first_world.cpp", "shop.cpp", "-lsqlite3",
            "-pthread", "-o", "first_world", cwd=self.folder)
        self.expect_output(self.path("first_world"))

    def other_flags(self):
        """Neither exceptions nor run-time type information, by the next standard; `.value()` of a failed result aborts."""
        source = os.path.join(self.here, "without_exceptions.cpp")
        run(self.compiler, "-std=c++23", "-fno-exceptions", "-fno-rtti", "-Wall", "-Wextra", "-Werror",
            f"-I{self.root}/include", source, "-lsqlite3", "-pthread", "-o", "program", cwd=self.folder)
        run(self.path("program"), cwd=self.folder)
        died = subprocess.run([self.path("program"), "fail"], cwd=self.folder, stderr=subprocess.PIPE, text=True)
        if died.returncode != -signal.SIGABRT or "taken: purses: id=1" not in died.stderr:
            sys.exit(f"it ended with {died.returncode} and said: {died.stderr}")

    def libcxx(self):
        """The other standard library, with the compiler that brings it."""
        clang = shutil.which("clang++-16") or shutil.which("clang++")
        probe = clang and subprocess.run([clang, "-stdlib=libc++", "-fsyntax-only", "-x", "c++", "-"], text=True,
                                         input="#include <version>", stderr=subprocess.DEVNULL)
        if not probe or probe.returncode != 0:
            print("there is no clang with libc++ (on Debian: libc++-16-dev, libc++abi-16-dev)")
            sys.exit(CANNOT)
        run(clang, "-stdlib=libc++", "-std=c++20", "-Wall", "-Wextra", "-Werror", f"-I{self.root}/include",
            self.program, "-lsqlite3", "-pthread", "-o", self.path("first_world"))
        self.expect_output(self.path("first_world"))

    def single_header_json(self):
        shutil.copy(os.path.join(self.root, "single_include", "holdfast.hpp"), self.folder)
        shutil.copytree(os.path.join(self.here, "single_header"), self.folder, dirs_exist_ok=True)
        run(self.compiler, "-std=c++20", "-Wall", "-Wextra", "-Werror", "json.cpp", "-lsqlite3", "-lsimdjson",
            "-pthread", "-o", "json", cwd=self.folder)
        run(self.path("json"), cwd=self.folder)


def main():
    way, root, compiler, boost = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="holdfast ") as folder:
        getattr(Way(os.path.abspath(root), compiler, boost, folder), way)()


if __name__ == "__main__":
    main()
