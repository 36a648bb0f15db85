// two translation units, each with traits of its own under one name, in one program.
#pragma once

#include <cstddef>
#include <string>

/// What a translation unit makes of its heap: what configures it, and what its shape is after a short life.
struct configuration {
    std::size_t min_chunk_size;
    std::string shape;
};

configuration deferred_configuration();
configuration compact_configuration();
