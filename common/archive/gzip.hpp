// Gzip (RFC 1952) in one form only, so that equal content gives equal bytes: one member, no name, time 0,
// operating system "unknown" (255), one level, input in blocks of one size.
//
// The bytes also depend on the zlib library; Debian 12 and 13 give the same.
//
// Errors: those of the reader that is compressed.   Threads: a reader belongs to one thread.
#pragma once

#include "archive/byte_reader.hpp"

namespace archive {

// The compressed form of what `content` gives.
ByteReader gzip(ByteReader content);

}  // namespace archive
