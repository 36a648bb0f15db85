// Catch2, and the one place that says which of its headers the tests use.
#pragma once

#include <catch2/catch.hpp>
