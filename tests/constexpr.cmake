# The constexpr scripts: heaps that live inside the compiler (support/constexpr_script.hpp). To compile such a file is to
# pass its test. Sanitizers and optimisers see nothing of it, so the rules of the house are the only preset with them.

# A compiler gives up on long evaluations unless it is told to be patient, each in its own words.
set(patience_of_gxx -fconstexpr-ops-limit=4000000000 -fconstexpr-loop-limit=100000000)
set(patience_of_clang -fconstexpr-steps=2000000000)

file(GLOB scripts CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/core/constexpr_*.cpp)
if(NOT scripts)
    message(FATAL_ERROR "no constexpr script found in ${CMAKE_CURRENT_SOURCE_DIR}/core")
endif()
foreach(script IN LISTS scripts)
    cmake_path(GET script STEM name)
    foreach(compiler IN LISTS allot_compilers)
        cmake_path(GET compiler FILENAME compiler_name)
        if(compiler_name MATCHES "clang")
            set(patience ${patience_of_clang})
        else()
            set(patience ${patience_of_gxx})
        endif()
        add_test(NAME constexpr/core/${name}/${compiler_name} COMMAND ${compiler} -std=c++20 ${ALLOT_WARNING_FLAGS} ${patience}
            -I${PROJECT_SOURCE_DIR}/include -I${CMAKE_CURRENT_SOURCE_DIR} -fsyntax-only ${script})
        set_tests_properties(constexpr/core/${name}/${compiler_name} PROPERTIES LABELS constexpr TIMEOUT 300 COST ${allot_long})
    endforeach()
endforeach()
allot_lacks(lacks constexpr/core/clang++-14 ALLOT_CLANG)
