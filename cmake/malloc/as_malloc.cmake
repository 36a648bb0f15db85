# What a shared object needs that is every program's malloc: no C++ library, which would change more than the heap, and no
# symbols but those of malloc.
function(allot_build_as_malloc target)
    target_link_libraries(${target} PRIVATE allot::allot allot_warnings)
    target_compile_options(${target} PRIVATE -O3 -fno-exceptions -fno-rtti -fvisibility=hidden -fvisibility-inlines-hidden)
    target_link_options(${target} PRIVATE -static-libgcc -Wl,--as-needed -Wl,-z,defs,-z,nodelete)
endfunction()
