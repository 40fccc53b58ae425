// Outputs: the model directory and the metrics file, seen before and after a training, so that the files of
// an earlier run never pass for this one's.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <tuple>

#include "base/digest.hpp"
#include "train-launcher/metrics.hpp"
#include "train-launcher/step.hpp"

namespace train_launcher {

struct TrainedModel {
  std::filesystem::path directory;
  base::Digest digest;  // crypto::tree_digest
  std::size_t files = 0;
  std::uint64_t bytes = 0;
};

class Outputs {
 public:
  // Looks at what is there before the training. The model directory is made if it is missing.
  explicit Outputs(const Config& config);

  // Why what is there now is not what this training should have left; missing when it is.
  std::optional<std::string> fault() const;
  // Error{input} for a metrics file that does not parse or a model with links in it.
  void read_metrics(Metrics& metrics) const;
  // Missing when no model was asked for.
  std::optional<TrainedModel> model() const;

 private:
  // Inode, size, modification and change time: what a write cannot leave as it was.
  using Stamp = std::tuple<std::uint64_t, std::int64_t, std::int64_t, std::int64_t>;
  using Stamps = std::map<std::string, Stamp>;
  Stamps stamps_of_model() const;
  static Stamps stamps_of_file(const std::filesystem::path& file);
  // Where the command wrote: relative paths are the command's, which may run elsewhere.
  std::filesystem::path model_dir_;
  std::filesystem::path metrics_file_;
  Stamps model_before_;
  Stamps metrics_before_;
};

}  // namespace train_launcher
