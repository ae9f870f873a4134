# SPDX-License-Identifier: MIT
# Installs the headers and a relocatable package: find_package(holdfast 0.1), target holdfast::holdfast. Its components:
# core (holdfast::core), sqlite (holdfast::holdfast), json (holdfast::json, if it was built with simdjson).
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(holdfast_package_dir "${CMAKE_INSTALL_DATADIR}/cmake/holdfast")

install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/holdfast"
    DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
    FILES_MATCHING PATTERN "*.hpp")

function(holdfast_install_target target exported)
    install(TARGETS ${target} EXPORT ${exported} INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
    install(EXPORT ${exported} NAMESPACE holdfast:: DESTINATION "${holdfast_package_dir}")
endfunction()
holdfast_install_target(holdfast_core holdfastCoreTargets)
holdfast_install_target(holdfast holdfastTargets)
if(TARGET holdfast_json)
    holdfast_install_target(holdfast_json holdfastJsonTargets)
endif()

configure_package_config_file(
    "${PROJECT_SOURCE_DIR}/cmake/holdfastConfig.cmake.in"
    "${PROJECT_BINARY_DIR}/holdfastConfig.cmake"
    INSTALL_DESTINATION "${holdfast_package_dir}"
    NO_SET_AND_CHECK_MACRO)

# Before 1.0 a minor version may break source code; ARCH_INDEPENDENT because there is nothing to link.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/holdfastConfigVersion.cmake"
    COMPATIBILITY SameMinorVersion
    ARCH_INDEPENDENT)

install(FILES
    "${PROJECT_BINARY_DIR}/holdfastConfig.cmake"
    "${PROJECT_BINARY_DIR}/holdfastConfigVersion.cmake"
    "${PROJECT_SOURCE_DIR}/cmake/holdfastBoost.cmake"
    "${PROJECT_SOURCE_DIR}/cmake/holdfastSQLite.cmake"
    "${PROJECT_SOURCE_DIR}/cmake/holdfastSimdjson.cmake"
    DESTINATION "${holdfast_package_dir}")

install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DATADIR}/licenses/holdfast")

# Both are relative to where the file will be, so that an installed copy can be moved.
file(RELATIVE_PATH holdfast_prefix "/${CMAKE_INSTALL_DATADIR}/pkgconfig" "/")
set(holdfast_includedir "${CMAKE_INSTALL_INCLUDEDIR}")
if(NOT IS_ABSOLUTE "${holdfast_includedir}")
    string(PREPEND holdfast_includedir "\${prefix}/")
endif()
configure_file("${PROJECT_SOURCE_DIR}/cmake/holdfast.pc.in" "${PROJECT_BINARY_DIR}/holdfast.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/holdfast.pc" DESTINATION "${CMAKE_INSTALL_DATADIR}/pkgconfig")
