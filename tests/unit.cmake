# The unit tests: one executable, and one CTest for each source file, so that a failure names its file.

set(unit_dirs base memory policy chunks free source core lanes diagnostics adapters)
list(TRANSFORM unit_dirs REPLACE "(.+)" "${CMAKE_CURRENT_SOURCE_DIR}/\\1/*.cpp" OUTPUT_VARIABLE unit_globs)
file(GLOB unit_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp ${unit_globs})
list(FILTER unit_sources EXCLUDE REGEX "/constexpr_[^/]*$")  # tests at compile time: constexpr.cmake
if(NOT unit_sources)
    message(FATAL_ERROR "no unit test found in ${CMAKE_CURRENT_SOURCE_DIR}")
endif()

# Catch2 knows a source file by its bare name: two files of one name could not be told apart.
set(unit_names)
foreach(source IN LISTS unit_sources)
    cmake_path(GET source STEM LAST_ONLY name)
    if(name IN_LIST unit_names)
        message(FATAL_ERROR "two unit test files are named ${name}.cpp")
    endif()
    list(APPEND unit_names ${name})
endforeach()

# The Catch2 main program: the one that comes with Catch2, compiled already, unless it is missing or of another word size.
if(TARGET Catch2::Catch2WithMain AND CMAKE_SIZEOF_VOID_P EQUAL 8)
    add_library(allot_catch INTERFACE)
    set(catch_scope INTERFACE)
    target_link_libraries(allot_catch INTERFACE Catch2::Catch2WithMain)
else()
    add_library(allot_catch OBJECT support/main.cpp)
    set(catch_scope PUBLIC)
    target_link_libraries(allot_catch PUBLIC Catch2::Catch2)
endif()
target_compile_definitions(allot_catch ${catch_scope} CATCH_CONFIG_FAST_COMPILE)  # an exception ends its test case: good enough
target_compile_features(allot_catch ${catch_scope} cxx_std_20)
target_include_directories(allot_catch ${catch_scope} ${CMAKE_CURRENT_SOURCE_DIR})

# One executable of test files, and one CTest for each file. `prefix` names the tests and `library` what they test.
function(allot_add_case_files target prefix library)
    add_executable(${target} ${ARGN})
    target_link_libraries(${target} PRIVATE ${library} allot_catch allot_warnings Threads::Threads)
    allot_compile_in_batches(${target} 20 ${ARGN})
    foreach(source IN LISTS ARGN)
        cmake_path(GET source STEM LAST_ONLY name)
        cmake_path(RELATIVE_PATH source BASE_DIRECTORY ${PROJECT_SOURCE_DIR}/tests OUTPUT_VARIABLE path)
        add_test(NAME ${prefix}/${path} COMMAND ${target} -\# "[#${name}]" --warn NoTests)
        set_tests_properties(${prefix}/${path} PROPERTIES LABELS unit TIMEOUT 600)
    endforeach()
endfunction()

# Unoptimised: they look for what a step does, not for what an optimiser makes of it, and compile faster. Longer
# lives, and whatever depends on optimisation, stand in scenarios/ and corruption/.
allot_add_case_files(allot_unit unit allot::allot ${unit_sources})
target_compile_options(allot_unit PRIVATE -O0)
set_tests_properties(unit/heap_source_growth.cpp PROPERTIES COST ${allot_long})
# The heaps of this file are no other file's, and it is the largest: in a batch it would only make the last one longer.
set_source_files_properties(heap_source_growth.cpp PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)

# The umbrella and the contract once more, against the single header: what differs from the headers is the text, and that it
# compiles is half of the proof. The tests include headers by their own names, so each name forwards to the single header.
if(ALLOT_TESTS_SINGLE_HEADER)
    set(forwarding_dir ${CMAKE_CURRENT_BINARY_DIR}/forwarding)
    foreach(header IN LISTS allot_headers)
        cmake_path(RELATIVE_PATH header BASE_DIRECTORY ${PROJECT_SOURCE_DIR}/include)
        set(choice "")
        if(header MATCHES "^allot/adapters/(.+)\\.hpp$")
            string(TOUPPER ${CMAKE_MATCH_1} adapter)
            set(choice "#define ALLOT_WITH_${adapter}\n")
        endif()
        file(CONFIGURE OUTPUT ${forwarding_dir}/${header} @ONLY CONTENT
            "@choice@#include \"@PROJECT_BINARY_DIR@/single/allot.hpp\"\n")
    endforeach()

    set(contract_sources ${unit_sources})
    list(FILTER contract_sources INCLUDE REGEX "/tests/((allot|heap|heap_regions|locked_heap|traits)|adapters/[a-z_]+)\\.cpp$")
    list(LENGTH contract_sources count)
    if(count LESS 6)
        message(FATAL_ERROR "the tests of the contract are not where they were: ${contract_sources}")
    endif()

    add_library(allot_single INTERFACE)
    target_compile_features(allot_single INTERFACE cxx_std_20)
    target_include_directories(allot_single INTERFACE ${forwarding_dir})
    allot_add_case_files(allot_unit_single unit_single allot_single ${contract_sources})
    target_compile_options(allot_unit_single PRIVATE -O0)  # what differs is the text, not the code: compile it fast
    add_dependencies(allot_unit_single single_header)
endif()
