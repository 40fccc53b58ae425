// OpenSSF Model Signing (OMS) 1.0: the statement that lists a model's files with their digests.
//
// Sources: ossf/model-signing-spec, spec/v1.0.md; where the reference implementation differs, its behaviour
// is noted in the .cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "base/file_tree.hpp"
#include "sigstore/statement.hpp"

namespace sigstore {

inline constexpr std::string_view model_predicate_type = "https://model_signing/signature/v1.0";

// A file, or a piece of one, with its signed digest.
struct ModelResource {
  struct Range {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;  // one past the last byte
  };
  std::string path;
  std::optional<Range> shard;
  base::Digest digest;
};

struct SignedModel {
  std::vector<ModelResource> resources;
  std::vector<std::string> ignored;
  bool follow_symlinks = false;
  bool sharded = false;
};

// Checks 14, 15 and 21 to 23.
SignedModel parse_model(const VerifiedStatement& statement, Checklist& checks);

// Check 24: hashes what is on disk and compares. Returns what was found.
base::FileTree check_model_files(const SignedModel& model, const std::filesystem::path& root,
                                 const std::vector<std::string>& ignored, Checklist& checks);

// The statement over `files`, each hashed whole.
std::string model_statement(const base::FileTree& files, const std::string& name,
                            const std::vector<std::string>& ignored);

}  // namespace sigstore
