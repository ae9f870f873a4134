# SPDX-License-Identifier: MIT
# Looks for simdjson 3.0 or later: sets holdfast_simdjson_found. Shared by this build and by the installed package.
# Asked for without a version, because simdjson's package accepts only its own minor version.
find_package(simdjson QUIET)
if(TARGET simdjson::simdjson AND (NOT simdjson_VERSION OR simdjson_VERSION VERSION_GREATER_EQUAL 3.0))
    set(holdfast_simdjson_found TRUE)
else()
    set(holdfast_simdjson_found FALSE)
endif()
