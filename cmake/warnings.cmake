# Every test and benchmark links `allot_warnings`; nobody who uses the library does.
# The scripts that call a compiler by hand read the same list.
set(ALLOT_WARNING_FLAGS
    -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wold-style-cast -Wcast-align -Werror)

add_library(allot_warnings INTERFACE)
target_compile_options(allot_warnings INTERFACE ${ALLOT_WARNING_FLAGS})
