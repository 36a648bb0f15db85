// From a script that fails to a shorter one that fails too, by leaving out operations.
#pragma once

#include "failure.hpp"
#include "operation.hpp"

namespace fuzz {

/// Lives a script in a child process.
outcome replay(const script& lived);

/// Leaves out runs of operations, longer ones first, as long as what is left fails. Stops after `seconds` seconds.
script shrink(script failing, double seconds);

}  // namespace fuzz
