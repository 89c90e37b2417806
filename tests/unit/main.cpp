// The main function of the unit tests, compiled once because Catch2's own code is large. Tests stand in the files
// beside it.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
