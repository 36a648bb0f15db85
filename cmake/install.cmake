# What an installation holds: the headers, the single header, and how CMake and pkg-config find them; with ALLOT_BUILD_MALLOC
# also the malloc library and allot-run.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(package_dir ${CMAKE_INSTALL_DATADIR}/cmake/allot)

install(TARGETS allot EXPORT allotTargets INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT allotTargets NAMESPACE allot:: DESTINATION ${package_dir})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/allot DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
    FILES_MATCHING PATTERN "*.hpp")

write_basic_package_version_file(${PROJECT_BINARY_DIR}/allotConfigVersion.cmake
    COMPATIBILITY SameMinorVersion
    ARCH_INDEPENDENT)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/allotConfig.cmake.in ${PROJECT_BINARY_DIR}/allotConfig.cmake
    INSTALL_DESTINATION ${package_dir})
install(FILES ${PROJECT_BINARY_DIR}/allotConfig.cmake ${PROJECT_BINARY_DIR}/allotConfigVersion.cmake
    DESTINATION ${package_dir})

# The .pc file finds the headers from where it stands, so that an installed tree can be moved.
file(RELATIVE_PATH allot_pc_prefix /${CMAKE_INSTALL_DATADIR}/pkgconfig /)
configure_file(${CMAKE_CURRENT_LIST_DIR}/allot.pc.in ${PROJECT_BINARY_DIR}/allot.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/allot.pc DESTINATION ${CMAKE_INSTALL_DATADIR}/pkgconfig)

# Generated while installing, so that `cmake --install` needs no build before it.
set(installed_single_header ${PROJECT_BINARY_DIR}/install/allot.hpp)
install(CODE "execute_process(
    COMMAND \"${CMAKE_COMMAND}\" -P \"${CMAKE_CURRENT_LIST_DIR}/single_header.cmake\" \"${installed_single_header}\"
    COMMAND_ERROR_IS_FATAL ANY)")
install(FILES ${installed_single_header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/allot/single)

if(ALLOT_BUILD_MALLOC)
    install(TARGETS allot_malloc LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
    install(PROGRAMS ${PROJECT_BINARY_DIR}/install/allot-run DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
