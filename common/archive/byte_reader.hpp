// ByteReader: bytes that are made while they are read.
//
// It fills the buffer as far as it can and returns the count; 0 is the end, for ever after.
#pragma once

#include <cstddef>
#include <functional>

namespace archive {

using ByteReader = std::function<std::size_t(char*, std::size_t)>;

}  // namespace archive
