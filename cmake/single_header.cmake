# cmake -P single_header.cmake OUTPUT
#
# Writes the library as one header: the licence, the standard headers, every freestanding header in the order in which
# <allot/allot.hpp> includes it, and each adapter in a section of its own behind a macro:
#
#     #define ALLOT_WITH_NEW_DELETE
#     #include "allot.hpp"
#
# The same sources give the same bytes. The licence and the headers are read from the tree this script stands in.
cmake_minimum_required(VERSION 3.25)

math(EXPR last_argument "${CMAKE_ARGC} - 1")
set(output "${CMAKE_ARGV${last_argument}}")
cmake_path(SET root NORMALIZE "${CMAKE_CURRENT_LIST_DIR}/..")

set(standard_includes)
set(amalgamated)
set(body "")

# The paths below include/ that `text` includes, in order.
function(internal_includes text result)
    string(REGEX MATCHALL "\n#include <allot/[^>]+>" found "\n${text}")
    list(TRANSFORM found REPLACE "\n#include <(.+)>" "\\1")
    set(${result} ${found} PARENT_SCOPE)
endfunction()

# `text` without its guard and its internal includes, under a line that names the file.
function(section_of path text result)
    string(REGEX REPLACE "\n#(pragma once|include <allot/[^>]+>)[^\n]*" "" text "\n${text}")
    set(${result} "\n// ---- ${path} ----\n${text}" PARENT_SCOPE)
endfunction()

# Appends a freestanding header to `body`, after everything that it includes; its standard headers move to the top.
function(amalgamate path)
    if(path IN_LIST amalgamated)
        return()
    endif()
    list(APPEND amalgamated ${path})
    file(READ ${root}/include/${path} text)
    if(text MATCHES "\n#if[^\n]*\n#include")
        message(FATAL_ERROR "${path}: a freestanding header must not include conditionally")
    endif()

    internal_includes("${text}" includes)
    foreach(include IN LISTS includes)
        amalgamate(${include})
    endforeach()

    section_of(${path} "${text}" text)
    string(REGEX MATCHALL "\n#include <[^>]+>" found "${text}")
    string(REGEX REPLACE "\n#include <[^>]+>" "" text "${text}")
    list(APPEND standard_includes ${found})
    set(body "${body}${text}" PARENT_SCOPE)
    set(amalgamated ${amalgamated} PARENT_SCOPE)
    set(standard_includes ${standard_includes} PARENT_SCOPE)
endfunction()

# The adapters that may include what a freestanding program has not.
file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/floors.txt hosted REGEX "^hosted: ")
string(REGEX REPLACE "^hosted: " "" hosted "${hosted}")
string(REPLACE " " ";" hosted "${hosted}")
list(TRANSFORM hosted REPLACE "(.+)" "allot/\\1.hpp")

# An adapter that others share is no entry point: it joins the freestanding whole, or, if it is hosted, comes with each of them.
file(GLOB adapters RELATIVE ${root}/include ${root}/include/allot/adapters/*.hpp)
set(shared)
foreach(adapter IN LISTS adapters)
    file(READ ${root}/include/${adapter} text)
    internal_includes("${text}" includes)
    foreach(include IN LISTS includes)
        if(include IN_LIST hosted AND include IN_LIST adapters)
            list(APPEND users_of_${include} ${adapter})
        elseif(include IN_LIST adapters)
            list(APPEND shared ${include})
        endif()
        list(APPEND needed ${include})
    endforeach()
endforeach()
list(REMOVE_ITEM adapters ${shared})

amalgamate(allot/allot.hpp)
foreach(header IN LISTS needed)
    if(NOT header IN_LIST adapters)
        amalgamate(${header})
    endif()
endforeach()

# Those that others use come first.
foreach(adapter IN LISTS adapters)
    if(users_of_${adapter})
        list(REMOVE_ITEM adapters ${adapter})
        list(PREPEND adapters ${adapter})
    endif()
endforeach()

set(sections "")
set(macros "")
foreach(adapter IN LISTS adapters)
    cmake_path(GET adapter STEM name)
    string(TOUPPER ${name} name)
    string(APPEND macros "//     ALLOT_WITH_${name}\n")
    file(READ ${root}/include/${adapter} text)
    section_of(${adapter} "${text}" text)
    set(wanted "defined(ALLOT_WITH_${name})")
    foreach(user IN LISTS users_of_${adapter})
        cmake_path(GET user STEM user)
        string(TOUPPER ${user} user)
        string(APPEND wanted " || defined(ALLOT_WITH_${user})")
    endforeach()
    string(APPEND sections "\n#if (${wanted}) && !defined(ALLOT_HAS_${name})
#define ALLOT_HAS_${name}\n${text}\n#endif  // ALLOT_WITH_${name}\n")
endforeach()

list(SORT standard_includes)
list(REMOVE_DUPLICATES standard_includes)
list(JOIN standard_includes "" standard_includes)
file(STRINGS ${root}/include/allot/base/config.hpp version REGEX "#define ALLOT_VERSION_(MAJOR|MINOR|PATCH) [0-9]+")
list(TRANSFORM version REPLACE ".* ([0-9]+)$" "\\1")
list(JOIN version "." version)
file(READ ${root}/LICENSE license)
string(REGEX REPLACE "\n$" "" license "${license}")
string(REPLACE "\n" "\n// " license "// ${license}")
string(REPLACE "// \n" "//\n" license "${license}")

set(single_header "// allot ${version}: a header-only C++20 heap for places that have no heap. One file, generated from its headers.
//
// Adapters are left out unless their macro is defined before this file is included:
${macros}//
${license}
#ifndef ALLOT_SINGLE_HEADER
#define ALLOT_SINGLE_HEADER
${standard_includes}
${body}
#endif  // ALLOT_SINGLE_HEADER
${sections}")
string(REGEX REPLACE "\n\n\n+" "\n\n" single_header "${single_header}")
file(WRITE ${output} "${single_header}")
