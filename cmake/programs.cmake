# SPDX-License-Identifier: MIT
# What the tests, examples and benchmarks of this project are built with. Users of the library get none of it.

# Tests that want what is not there are skipped.
set(HOLDFAST_SHARED_DIR "${PROJECT_SOURCE_DIR}/../shared" CACHE PATH "Test data too large for the repository")

add_library(holdfast_warnings INTERFACE)
target_compile_options(holdfast_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow $<$<BOOL:${HOLDFAST_WERROR}>:-Werror>)

add_library(holdfast_sanitizers INTERFACE)
if(HOLDFAST_SANITIZE)
    target_compile_options(holdfast_sanitizers INTERFACE
        "-fsanitize=${HOLDFAST_SANITIZE}" -fno-sanitize-recover=all -fno-omit-frame-pointer
        $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>) # false alarms in instrumented standard headers
    if(HOLDFAST_SANITIZE MATCHES "address") # as g++ defines it by itself
        target_compile_definitions(holdfast_sanitizers INTERFACE $<$<CXX_COMPILER_ID:Clang>:__SANITIZE_ADDRESS__>)
    endif()
    target_link_options(holdfast_sanitizers INTERFACE "-fsanitize=${HOLDFAST_SANITIZE}")
endif()

# holdfast_add_program(<target> <source>...)
function(holdfast_add_program target)
    add_executable(${target} ${ARGN})
    target_link_libraries(${target} PRIVATE holdfast::holdfast holdfast_warnings holdfast_sanitizers)
    set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
endfunction()
