# SPDX-License-Identifier: MIT
"""The recipe for Conan 2. `conan create . --build=missing` also builds and runs test_package."""
import os
import re

from conan import ConanFile
from conan.errors import ConanInvalidConfiguration
from conan.tools.build import check_min_cppstd
from conan.tools.files import copy, load
from conan.tools.layout import basic_layout
from conan.tools.scm import Version

required_conan_version = ">=2.0"


class HoldfastConan(ConanFile):
    name = "holdfast"
    description = "In-memory-first storage with SQLite behind it, for C++20 servers"
    license = "MIT"
    url = "https://github.com/holdfast-cpp/holdfast"
    homepage = "https://github.com/holdfast-cpp/holdfast"
    topics = ("sqlite", "persistence", "in-memory", "game-server", "reflection", "header-only")
    package_type = "header-library"
    settings = "os", "arch", "compiler", "build_type"
    options = {"with_json": [True, False]}
    default_options = {"with_json": False}
    exports_sources = "LICENSE", "include/*"
    no_copy_source = True

    def set_version(self):
        config = load(self, os.path.join(self.recipe_folder, "include", "holdfast", "config.hpp"))
        parts = [re.search(rf"#define HOLDFAST_VERSION_{part} (\d+)", config)[1] for part in ("MAJOR", "MINOR", "PATCH")]
        self.version = ".".join(parts)

    def layout(self):
        basic_layout(self)

    def requirements(self):
        # Headers of all three are included by the library's own; of Boost only headers are used.
        self.requires("boost/[>=1.81.0 <2]", transitive_headers=True, libs=False)
        self.requires("sqlite3/[>=3.40.0 <4]", transitive_headers=True, transitive_libs=True)
        if self.options.with_json:
            self.requires("simdjson/[>=3.0 <5]", transitive_headers=True, transitive_libs=True)

    def package_id(self):
        self.info.clear()

    def validate(self):
        check_min_cppstd(self, 20)
        if self.settings.os != "Linux":
            raise ConanInvalidConfiguration("holdfast runs on Linux only")
        least = {"gcc": "12", "clang": "16"}.get(str(self.settings.compiler))
        if least and Version(self.settings.compiler.version) < least:
            raise ConanInvalidConfiguration(f"holdfast needs {self.settings.compiler} {least} or newer")

    def package(self):
        copy(self, "LICENSE", src=self.source_folder, dst=os.path.join(self.package_folder, "licenses"))
        copy(self, "*.hpp", src=os.path.join(self.source_folder, "include"),
             dst=os.path.join(self.package_folder, "include"))

    def package_info(self):
        self.cpp_info.set_property("cmake_file_name", "holdfast")
        self.cpp_info.set_property("cmake_target_name", "holdfast::all")  # every component that there is
        self.cpp_info.set_property("pkg_config_name", "holdfast")
        components = self.cpp_info.components
        components["core"].set_property("cmake_target_name", "holdfast::core")
        components["core"].requires = ["boost::headers"]
        components["sqlite"].set_property("cmake_target_name", "holdfast::holdfast")
        components["sqlite"].requires = ["core", "sqlite3::sqlite3"]
        components["sqlite"].system_libs = ["pthread"]
        if self.options.with_json:
            components["json"].set_property("cmake_target_name", "holdfast::json")
            components["json"].requires = ["sqlite", "simdjson::simdjson"]
        for component in components.values():
            component.bindirs = []
            component.libdirs = []
