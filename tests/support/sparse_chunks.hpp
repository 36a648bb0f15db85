// Chunks in sparse memory, of every width of word that fits this machine.
#pragma once

#include "support/sparse_memory.hpp"

#include <allot/chunks/chunk.hpp>

#include <cstddef>
#include <cstdint>
#include <tuple>

namespace allot_test {

template <class Word, std::size_t Granule>
using sparse_chunks = allot::detail::chunk_access<sparse_memory<Word>, Granule, allot::links::word>;

using chunk_layouts =
    joined<if_word_fits<std::uint64_t, sparse_chunks<std::uint64_t, 16>, sparse_chunks<std::uint64_t, 64>>,
           std::tuple<sparse_chunks<std::uint32_t, 8>, sparse_chunks<std::uint16_t, 8>>>;

}  // namespace allot_test
