// Facts: what is known of the outputs beside their bytes; kept with them in the cache.   Threads: values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/json.hpp"
#include "data/content.hpp"
#include "data/profile.hpp"
#include "preprocess-runner/plan.hpp"

namespace preprocess_runner {

struct Facts {
  std::optional<std::uint64_t> rows_in;
  std::optional<std::uint64_t> rows_out;
  std::map<std::string, data::Profile> profiles;  // of the outputs that are tables, when they were asked for
  std::map<std::string, data::Content> contents;  // of every output; not kept in the cache, which knows
};

base::Json to_json(const Facts& facts);
Facts facts_from_json(const base::Json& json, std::string_view where);

// One digest for all outputs: the only one's own, or SHA-256 over one line "HEX  NAME\n" an output.
base::Digest data_digest(const std::map<std::string, data::Content>& contents);
// {"uri":"file:///…","digest":"sha256:…"}: the only output, or the directory that they have in common.
std::string artifact_outputs(const Plan& plan, const Facts& facts);

// data-version.json: every input and output by name, path, digest, DVC's MD5 and size.
void write_data_version(const std::filesystem::path& path, const Plan& plan, const Facts& facts,
                        const std::string& cache_key);

}  // namespace preprocess_runner
