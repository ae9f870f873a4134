# SPDX-License-Identifier: MIT
"""Whether the recipes of Conan and vcpkg fit the library, as far as that can be seen without these tools.

check_recipes.py ROOT    1: something does not fit; each complaint is a line
"""
import ast
import json
import os
import re
import subprocess
import sys
import tempfile


class Recipes:
    def __init__(self, root):
        self.root = root
        self.complaints = []
        self.version = self.find("CMakeLists.txt", r"VERSION (\d+\.\d+\.\d+)\n")

    def text(self, *path):
        with open(os.path.join(self.root, *path), encoding="utf-8") as file:
            return file.read()

    def find(self, path, pattern):
        found = re.search(pattern, self.text(path))
        if not found:
            self.complain(f"{path}: nothing matches {pattern}")
        return found and found[1]

    def complain(self, what):
        self.complaints.append(what)

    def expect(self, holds, what):
        if not holds:
            self.complain(what)

    def check_versions(self):
        config = self.text("include/holdfast/config.hpp")
        parts = [re.search(rf"#define HOLDFAST_VERSION_{part} (\d+)", config)[1] for part in ("MAJOR", "MINOR", "PATCH")]
        self.expect(".".join(parts) == self.version, f"config.hpp has version {parts}, CMakeLists.txt {self.version}")
        port = json.loads(self.text("vcpkg/ports/holdfast/vcpkg.json"))
        self.expect(port["version-semver"] == self.version, f"the port has version {port['version-semver']}")
        for words in (f"**Status**: {self.version.rsplit('.', 1)[0]},", f"`holdfast/{self.version}`"):
            self.expect(words in self.text("README.md"), f"the README names another version: it has no {words}")

    def check_conan(self):
        recipe = ast.parse(self.text("conanfile.py"))
        ast.parse(self.text("test_package/conanfile.py"))
        (of,) = [node for node in recipe.body if isinstance(node, ast.ClassDef)]
        fields = {node.targets[0].id: ast.literal_eval(node.value) for node in of.body if isinstance(node, ast.Assign)}
        methods = {node.name: ast.unparse(node) for node in of.body if isinstance(node, ast.FunctionDef)}
        self.expect(fields["name"] == "holdfast" and fields["package_type"] == "header-library", "what the recipe makes")
        self.expect("self.info.clear()" in methods["package_id"], "the package depends on settings")
        self.expect("check_min_cppstd(self, 20)" in methods["validate"], "the recipe does not ask for C++20")
        for pattern in fields["exports_sources"]:
            self.expect(os.path.exists(os.path.join(self.root, pattern.rstrip("/*"))), f"{pattern} is not there")
        least = {name: self.find("CMakeLists.txt", rf"find_package\({package} ([\d.]+)")
                 for name, package in (("boost", "Boost"), ("sqlite3", "SQLite3"))}
        for name, version in least.items():
            self.expect(f"{name}/[>={version}" in methods["requirements"], f"conan: {name} from {version} on")
        self.check_targets("conanfile.py", methods["package_info"])

    def check_targets(self, path, text):
        """What a user links is called the same in each way."""
        for target in ("holdfast::holdfast", "holdfast::core", "holdfast::json"):
            self.expect(target in text, f"{path} knows no {target}")
            self.expect(f"add_library({target} ALIAS" in self.text("CMakeLists.txt"), f"CMake makes no {target}")

    def check_vcpkg(self):
        port = json.loads(self.text("vcpkg/ports/holdfast/vcpkg.json"))
        names = {one if isinstance(one, str) else one["name"] for one in port["dependencies"]}
        used = set(re.findall(r"#include <boost/(\w+)", self.all_headers())) - {"version"}
        self.expect({f"boost-{one.split('.')[0]}" for one in used} <= names, f"of Boost the headers include {used}")
        self.expect({"sqlite3", "vcpkg-cmake", "vcpkg-cmake-config"} <= names, "the port's dependencies")
        self.expect(list(port["features"]) == ["json"], "the port's features")
        portfile = self.text("vcpkg/ports/holdfast/portfile.cmake")
        for option in re.findall(r"-D(\w+)=|json (\w+)", portfile):
            name = option[0] or option[1]
            self.expect(re.search(rf"(option|set)\({name} ", self.text("CMakeLists.txt")), f"CMake has no option {name}")
        folder = re.search(r"CONFIG_PATH (\S+)\)", portfile)[1]
        with tempfile.TemporaryDirectory() as made:
            quiet = {"stdout": subprocess.DEVNULL, "check": True}
            subprocess.run(["cmake", "-S", self.root, "-B", f"{made}/build", "-DHOLDFAST_JSON=OFF"], **quiet)
            subprocess.run(["cmake", "--install", f"{made}/build", "--prefix", f"{made}/to"], **quiet)
            self.expect(os.path.exists(f"{made}/to/{folder}/holdfastConfig.cmake"), f"nothing is installed in {folder}")
            self.expect(not os.path.exists(f"{made}/to/{folder}/holdfastJsonTargets.cmake"), "JSON can be left out")
            self.compare_headers(f"{made}/to/include")

    def compare_headers(self, installed):
        """The headers that vcpkg installs are those that Conan copies."""
        here, there = self.headers(os.path.join(self.root, "include")), self.headers(installed)
        self.expect(here == there, f"installed, or not: {sorted(here ^ there)}")

    @staticmethod
    def headers(folder):
        return {os.path.relpath(os.path.join(path, name), folder)
                for path, _, names in os.walk(folder) for name in names}

    def all_headers(self):
        return "".join(self.text("include", name) for name in sorted(self.headers(os.path.join(self.root, "include"))))


def main():
    recipes = Recipes(sys.argv[1])
    recipes.check_versions()
    recipes.check_conan()
    recipes.check_vcpkg()
    print("\n".join(recipes.complaints) or "the recipes fit")
    return 1 if recipes.complaints else 0


if __name__ == "__main__":
    sys.exit(main())
