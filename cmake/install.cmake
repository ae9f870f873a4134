# SPDX-License-Identifier: MIT
# Installs the headers and a relocatable package: find_package(holdfast 0.1), target holdfast::holdfast; with
# COMPONENTS json, if it was built with simdjson, also holdfast::json.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(holdfast_package_dir "${CMAKE_INSTALL_DATADIR}/cmake/holdfast")

install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/holdfast"
    DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
    FILES_MATCHING PATTERN "*.hpp")

install(TARGETS holdfast EXPORT holdfastTargets INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(EXPORT holdfastTargets NAMESPACE holdfast:: DESTINATION "${holdfast_package_dir}")
if(TARGET holdfast_json)
    install(TARGETS holdfast_json EXPORT holdfastJsonTargets INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
    install(EXPORT holdfastJsonTargets NAMESPACE holdfast:: DESTINATION "${holdfast_package_dir}")
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
    "${PROJECT_SOURCE_DIR}/cmake/holdfastSQLite.cmake"
    "${PROJECT_SOURCE_DIR}/cmake/holdfastSimdjson.cmake"
    DESTINATION "${holdfast_package_dir}")
