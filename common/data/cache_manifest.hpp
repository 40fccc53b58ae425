// The manifest of a cache entry as bytes: {"digest": of the canonical "entry", "entry": {...}}.
//
// Errors: Error{input} for anything that is not exactly what was written.   Threads: pure functions.
#pragma once

#include <string>

#include "data/step_cache.hpp"

namespace data {

std::string manifest_bytes(const CacheEntry& entry);
CacheEntry parse_manifest(const std::string& bytes, const std::string& where);

}  // namespace data
