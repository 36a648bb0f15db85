# 32-bit x86 on a 64-bit Debian: g++-12-multilib builds; this machine runs it, or qemu-i386, many times slower, where its kernel
# does not run 32-bit programs.
# The second include directory holds the architecture's libc headers, which the 32-bit compiler does not look for.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR i686)
set(CMAKE_CXX_COMPILER g++)
set(CMAKE_CXX_FLAGS_INIT "-m32 -isystem /usr/include/x86_64-linux-gnu")
execute_process(COMMAND /lib/ld-linux.so.2 --version RESULT_VARIABLE refused OUTPUT_QUIET ERROR_QUIET)
if(refused)
    set(CMAKE_CROSSCOMPILING_EMULATOR qemu-i386)
endif()
