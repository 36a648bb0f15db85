# Batches of test files: one translation unit compiles several of them, which share the heaps that they instantiate. Alone, each
# file instantiates, and a sanitizer instruments, the same heaps anew, and that is most of what it costs.
#
# A file lies in a namespace of its own there, so that no two files meet in a name. What it includes must not lie in that
# namespace: all of it stands before, in the precompiled header, and is not read a second time. A file whose contents
# belong to the global namespace stays out of the batches: SKIP_UNITY_BUILD_INCLUSION.

# allot_headers_of(RESULT SOURCE...): what the sources include, as target_precompile_headers wants it.
function(allot_headers_of result)
    set(headers)
    foreach(source IN LISTS ARGN)
        cmake_path(GET source PARENT_PATH directory)
        file(STRINGS ${source} lines REGEX "^#include ")
        foreach(line IN LISTS lines)
            string(REGEX REPLACE "^#include ([<\"].+[>\"]).*" "\\1" header "${line}")
            if(header MATCHES "^\"(.+)\"$")
                set(header ${PROJECT_SOURCE_DIR}/tests/${CMAKE_MATCH_1})
                if(EXISTS ${directory}/${CMAKE_MATCH_1})
                    set(header ${directory}/${CMAKE_MATCH_1})
                endif()
            endif()
            list(APPEND headers ${header})
        endforeach()
    endforeach()
    list(REMOVE_DUPLICATES headers)
    set(${result} ${headers} PARENT_SCOPE)
endfunction()

# allot_compile_in_batches(TARGET SIZE SOURCE...): SIZE files in each of the translation units of TARGET.
function(allot_compile_in_batches target size)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${ARGN})  # for what they include may change
    allot_headers_of(headers ${ARGN})
    target_precompile_headers(${target} PRIVATE ${headers})
    set_target_properties(${target} PROPERTIES
        UNITY_BUILD ON
        UNITY_BUILD_BATCH_SIZE ${size}
        UNITY_BUILD_UNIQUE_ID ALLOT_TEST_FILE
        UNITY_BUILD_CODE_BEFORE_INCLUDE "namespace ALLOT_TEST_FILE {"
        UNITY_BUILD_CODE_AFTER_INCLUDE "}")
endfunction()
