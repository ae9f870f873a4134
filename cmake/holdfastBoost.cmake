# SPDX-License-Identifier: MIT
# Makes sure that Boost::headers exists, where Boost's libraries have a target each (Boost built in the same project).
# Shared by this build and by the installed package.
if(NOT TARGET Boost::headers)
    add_library(Boost::headers INTERFACE IMPORTED GLOBAL)
    target_link_libraries(Boost::headers INTERFACE Boost::core Boost::intrusive Boost::pfr Boost::unordered)
endif()
