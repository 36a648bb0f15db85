# The tools beside the compiler, CMake and Catch2. Each of them is optional: a test that lacks one is listed by CTest as not run,
# and one message at the end of the configuration says which tests lack what.

option(ALLOT_TESTS_REQUIRE_ALL "Refuse to configure where a tool of a test is missing" OFF)

# allot_not_run(TEST PACKAGE...): CTest reports TEST as not run, for want of these Debian packages.
function(allot_not_run test)
    add_test(NAME ${test} COMMAND ${CMAKE_COMMAND} -E false)
    set_tests_properties(${test} PROPERTIES DISABLED TRUE LABELS missing_tool)
    list(JOIN ARGN " " packages)
    set_property(GLOBAL APPEND PROPERTY allot_missing_packages "${packages}")
    set_property(GLOBAL APPEND PROPERTY "allot_missing_for ${packages}" ${test})
endfunction()

# allot_find_tool(VARIABLE PROGRAM PACKAGE...): the path of a program. Whoever uses it asks allot_lacks first.
function(allot_find_tool variable program)
    find_program(${variable} NAMES ${program})
    mark_as_advanced(${variable})
    set_property(GLOBAL PROPERTY allot_packages_of_${variable} ${ARGN})
endfunction()

# allot_lacks(RESULT TEST VARIABLE...): true, and TEST is not run, where one of the tools was not found.
function(allot_lacks result test)
    set(packages)
    foreach(variable IN LISTS ARGN)
        if(NOT ${variable})
            get_property(some GLOBAL PROPERTY allot_packages_of_${variable})
            list(APPEND packages ${some})
        endif()
    endforeach()
    list(REMOVE_DUPLICATES packages)
    if(packages)
        allot_not_run(${test} ${packages})
        set(${result} TRUE PARENT_SCOPE)
    else()
        set(${result} FALSE PARENT_SCOPE)
    endif()
endfunction()

# Says what is missing for which tests, in one message; an error if everything was required.
function(allot_say_what_is_missing)
    get_property(missing GLOBAL PROPERTY allot_missing_packages)
    if(NOT missing)
        return()
    endif()
    list(REMOVE_DUPLICATES missing)
    set(text "Some tests will be listed as not run. They need these Debian packages:")
    foreach(packages IN LISTS missing)
        get_property(tests GLOBAL PROPERTY "allot_missing_for ${packages}")
        list(TRANSFORM tests REPLACE "/O[0-3s]$" "")
        list(REMOVE_DUPLICATES tests)
        list(JOIN tests " " tests)
        string(APPEND text "\n  ${packages}: for ${tests}")
    endforeach()
    string(APPEND text "\nAll of them: sh cmake/install_packages.sh checks kernels programs")
    if(ALLOT_TESTS_REQUIRE_ALL)
        message(FATAL_ERROR "ALLOT_TESTS_REQUIRE_ALL: ${text}")
    endif()
    message(NOTICE "${text}")
endfunction()

# The compilers that the rules of the house compile with: this build's, and clang++-14 if it is another one.
allot_find_tool(ALLOT_CLANG clang++-14 clang-14)
set(allot_compilers ${CMAKE_CXX_COMPILER})
cmake_path(GET CMAKE_CXX_COMPILER FILENAME compiler_name)
if(ALLOT_CLANG AND NOT compiler_name STREQUAL "clang++-14")
    list(APPEND allot_compilers ${ALLOT_CLANG})
endif()
