// verify-signature: refuses images, a blob or a model directory unless a trusted key has signed them.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/run_step.hpp"
#include "cli/step.hpp"
#include "oci/reference.hpp"
#include "targets.hpp"

namespace verify_signature {

enum class OutputFormat { text, json };

struct Config {
  std::vector<oci::Location> image;
  std::optional<Blob> blob;
  std::optional<std::filesystem::path> model;
  std::optional<std::filesystem::path> bundle;
  std::vector<std::string> ignore_path;

  std::vector<std::filesystem::path> key;

  std::vector<cli::KeyValue> annotation;
  bool check_reference = false;
  bool any_predicate = false;

  std::vector<std::string> plain_http;
  std::optional<std::filesystem::path> ca_file;

  OutputFormat output = OutputFormat::text;
};

extern const cli::Step<Config> step;
cli::Answer run(const Config& config, cli::Context& context);

}  // namespace verify_signature

template <>
struct cli::ChoicesOf<verify_signature::OutputFormat> {
  using Value = std::pair<std::string_view, verify_signature::OutputFormat>;
  static constexpr std::array<Value, 2> values{
      {{"text", verify_signature::OutputFormat::text}, {"json", verify_signature::OutputFormat::json}}};
};
