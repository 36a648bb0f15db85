// The Catch2 main program.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
