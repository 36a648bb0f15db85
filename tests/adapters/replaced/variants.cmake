# The replaced operators once more: by other compilers, without exceptions, and freestanding. clang 19 is the one that
# calls the sized and aligned forms of delete by itself.

allot_find_tool(ALLOT_CLANG_19 clang++-19 clang-19)

# Compiles a source of this directory by hand, for the flags and the compiler are not those of the build.
function(allot_compile source object compiler)
    add_custom_command(OUTPUT ${object}
        COMMAND ${compiler} -std=c++20 ${ALLOT_WARNING_FLAGS} ${ARGN}
            -I${PROJECT_SOURCE_DIR}/include -I${PROJECT_SOURCE_DIR}/tests -I${replaced}
            -MD -MF ${object}.d -c ${replaced}/${source} -o ${object}
        DEPENDS ${replaced}/${source}
        DEPFILE ${object}.d
        VERBATIM)
endfunction()

# A program whose forms and operators the compiler in the variable `compiler` compiled, the operators with the flags that follow.
function(allot_add_variant name compiler forms_sources)
    allot_lacks(lacks adapters/replaced_new_${name} ${compiler})
    if(lacks)
        return()
    endif()
    set(objects)
    foreach(source IN LISTS forms_sources)
        set(object ${CMAKE_CURRENT_BINARY_DIR}/${name}_${source}.o)
        allot_compile(${source} ${object} ${${compiler}} -O2)
        list(APPEND objects ${object})
    endforeach()
    set(operators ${CMAKE_CURRENT_BINARY_DIR}/${name}_operators.cpp.o)
    allot_compile(operators.cpp ${operators} ${${compiler}} -O2 ${ARGN})
    allot_add_replaced(replaced_new_${name} unit ${objects} ${operators})
    set_target_properties(replaced_new_${name} PROPERTIES LINKER_LANGUAGE CXX)
    add_test(NAME adapters/replaced_new_${name}_defines_all
        COMMAND sh ${replaced}/defines_all.sh ${CMAKE_NM} ${operators} ${replaced}/operators.txt)
    set_tests_properties(adapters/replaced_new_${name}_defines_all PROPERTIES LABELS unit)
endfunction()

set(forms new_delete_forms.cpp)
set(freestanding -ffreestanding -fno-exceptions -fno-rtti)
allot_add_variant(no_exceptions CMAKE_CXX_COMPILER "${forms}" -fno-exceptions)
allot_add_variant(freestanding CMAKE_CXX_COMPILER "${forms}" ${freestanding})
allot_add_variant(clang14 ALLOT_CLANG "${forms};new_delete_exceptions.cpp")
allot_add_variant(clang19 ALLOT_CLANG_19 "${forms};new_delete_exceptions.cpp")
allot_add_variant(clang19_freestanding ALLOT_CLANG_19 "${forms}" ${freestanding})

# newlib, whose malloc has second names: a bare-metal program, run by the emulator of user programs. Both of its sizes.
allot_find_tool(ALLOT_ARM_GXX arm-none-eabi-g++ gcc-arm-none-eabi libstdc++-arm-none-eabi-newlib)
allot_find_tool(ALLOT_QEMU_ARM qemu-arm qemu-user)
function(allot_add_newlib_test name)
    allot_lacks(lacks adapters/${name} ALLOT_ARM_GXX ALLOT_QEMU_ARM)
    if(NOT lacks)
        add_test(NAME adapters/${name} COMMAND sh ${replaced}/newlib.sh ${ALLOT_QEMU_ARM} ${ALLOT_ARM_GXX} ${ALLOT_WARNING_FLAGS}
            -I${PROJECT_SOURCE_DIR}/include -I${PROJECT_SOURCE_DIR}/tests ${ARGN})
        set_tests_properties(adapters/${name} PROPERTIES LABELS unit TIMEOUT 120)
    endif()
endfunction()
allot_add_newlib_test(newlib --specs=rdimon.specs)
allot_add_newlib_test(newlib_nano --specs=nano.specs --specs=rdimon.specs)
