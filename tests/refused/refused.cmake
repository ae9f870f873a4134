# SPDX-License-Identifier: MIT
list(TRANSFORM folders PREPEND "-I")
execute_process(
    COMMAND "${compiler}" -std=c++20 -Wall -Wextra -fsyntax-only ${folders} "-DFIELD=${field}" "-DOPTION=${option}"
            "${CMAKE_CURRENT_LIST_DIR}/refused.cpp"
    OUTPUT_VARIABLE text ERROR_VARIABLE text)
string(REGEX MATCH "(error|warning): [^\n]*" first "${text}")
string(FIND "${first}" "${sentence}" at)
string(REPLACE "${sentence}" "" rest "${text}")
string(FIND "${rest}" "[holdfast]" more)
if(at EQUAL -1 OR NOT more EQUAL -1)
    message(FATAL_ERROR "it should say only: ${sentence}\n${text}")
endif()
