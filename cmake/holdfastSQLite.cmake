# SPDX-License-Identifier: MIT
# Makes sure that SQLite::SQLite3 exists: some package files call it SQLite3::SQLite3.
# Shared by this build and by the installed package.
if(NOT TARGET SQLite::SQLite3)
    add_library(SQLite::SQLite3 INTERFACE IMPORTED GLOBAL)
    target_link_libraries(SQLite::SQLite3 INTERFACE SQLite3::SQLite3)
endif()
