# A project of 400 targets configured and generated, and a script of lists, strings and JSON.
set -eu
cmake=$1
mkdir project
cat >project/CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.22)
project(many LANGUAGES NONE)
set(all "")
foreach(n RANGE 1 400)
    string(SHA256 digest "target ${n}")
    file(WRITE "${CMAKE_BINARY_DIR}/in/${n}.txt.in" "@n@ @digest@ @all@")
    configure_file("${CMAKE_BINARY_DIR}/in/${n}.txt.in" "${CMAKE_BINARY_DIR}/out/${n}.txt" @ONLY)
    list(APPEND all "${digest}")
    list(SORT all)
    add_custom_target(target_${n} COMMAND ${CMAKE_COMMAND} -E echo "$<UPPER_CASE:${digest}>" VERBATIM)
    if(n GREATER 5)
        math(EXPR below "${n} / 2")
        add_dependencies(target_${n} target_${below})
    endif()
endforeach()
END
cat >script.cmake <<'END'
cmake_minimum_required(VERSION 3.22)
set(text "")
foreach(n RANGE 1 1500)
    string(APPEND text "item-${n};")
endforeach()
string(REGEX REPLACE "item-([0-9]+)" "<\\1>" changed "${text}")
list(LENGTH changed length)
set(json "{}")
foreach(n RANGE 1 150)
    string(JSON json SET "${json}" "key${n}" "[${n}, \"${n}\"]")
endforeach()
string(MD5 digest "${json}${changed}")
message("${length} ${digest}")
END
"$cmake" -P script.cmake
"$cmake" -S project -B build -G "Unix Makefiles" >log
find build/out build/CMakeFiles -name '*.txt' -o -name '*.make' | sort | xargs cat | cksum
rm -rf build log
