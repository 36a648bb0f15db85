# The constexpr scripts: heaps that live inside the compiler (support/constexpr_script.hpp). To compile such a file is to
# pass its test. Sanitizers and optimisers see nothing of it, so the rules of the house are the only preset with them. The compilers
# take turns: a script is about the library, not about who evaluates it, and each compiler evaluates some.

# A compiler gives up on long evaluations unless it is told to be patient, each in its own words.
set(patience_of_gxx -fconstexpr-ops-limit=4000000000 -fconstexpr-loop-limit=100000000)
set(patience_of_clang -fconstexpr-steps=2000000000)

file(GLOB scripts CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/core/constexpr_*.cpp)
if(NOT scripts)
    message(FATAL_ERROR "no constexpr script found in ${CMAKE_CURRENT_SOURCE_DIR}/core")
endif()
list(LENGTH allot_compilers compiler_count)
set(turn 0)
foreach(script IN LISTS scripts)
    cmake_path(GET script STEM name)
    math(EXPR place "${turn} % ${compiler_count}")
    math(EXPR turn "${turn} + 1")
    list(GET allot_compilers ${place} compiler)
    cmake_path(GET compiler FILENAME compiler_name)
    set(patience ${patience_of_gxx})
    if(compiler_name MATCHES "clang")
        set(patience ${patience_of_clang})
    endif()
    set(test constexpr/core/${name}/${compiler_name})
    add_test(NAME ${test} COMMAND ${compiler} -std=c++20 ${ALLOT_WARNING_FLAGS} ${patience}
        -I${PROJECT_SOURCE_DIR}/include -I${CMAKE_CURRENT_SOURCE_DIR} -fsyntax-only ${script})
    set_tests_properties(${test} PROPERTIES LABELS constexpr TIMEOUT 300 COST ${allot_long})
endforeach()
allot_lacks(lacks constexpr/core/clang++-14 ALLOT_CLANG)
