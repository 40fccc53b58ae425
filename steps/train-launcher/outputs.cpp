#include "train-launcher/outputs.hpp"

#include <sys/stat.h>

#include "base/error.hpp"
#include "base/files.hpp"
#include "base/log.hpp"
#include "crypto/file_hash.hpp"

namespace train_launcher {
namespace {

namespace fs = std::filesystem;

std::int64_t nanoseconds(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

Outputs::Outputs(const Config& config) : model_dir_(config.model_dir), metrics_file_(config.metrics_file) {
  if (!model_dir_.empty()) base::make_directories(model_dir_);
  model_before_ = stamps_of_model();
  metrics_before_ = stamps_of_file(metrics_file_);
}

Outputs::Stamps Outputs::stamps_of_file(const fs::path& file) {
  struct stat status {};
  if (file.empty() || ::lstat(file.c_str(), &status) != 0 || S_ISDIR(status.st_mode)) return {};
  return {{file.string(),
           {status.st_ino, status.st_size, nanoseconds(status.st_mtim), nanoseconds(status.st_ctim)}}};
}

Outputs::Stamps Outputs::stamps_of_model() const {
  Stamps found;
  if (model_dir_.empty()) return found;
  std::error_code error;
  for (auto entry = fs::recursive_directory_iterator(model_dir_, error); !error && entry != fs::end(entry);
       entry.increment(error)) {
    found.merge(stamps_of_file(entry->path()));
  }
  if (error) throw base::system_error(error.value(), "reading " + model_dir_.string());
  return found;
}

std::optional<std::string> Outputs::fault() const {
  const std::string succeeded = "the command ended without failure but ";
  if (!model_dir_.empty()) {
    const auto after = stamps_of_model();
    if (after.empty()) {
      return succeeded + "left no model in " + model_dir_.string() +
             "; make it write there (its environment has the path in MODEL_DIR)";
    }
    if (after == model_before_) {
      return succeeded + "changed nothing in " + model_dir_.string() +
             "; what is there is the model of an earlier run";
    }
  }
  if (!metrics_file_.empty()) {
    const auto after = stamps_of_file(metrics_file_);
    if (after.empty())
      return succeeded + "wrote no " + metrics_file_.string() +
             " (its environment has the path in METRICS_FILE)";
    if (after == metrics_before_)
      return succeeded + "did not write " + metrics_file_.string() + "; what is there is from an earlier run";
  }
  return std::nullopt;
}

void Outputs::read_metrics(Metrics& metrics) const {
  if (!metrics_file_.empty()) read_metrics_file(metrics_file_, metrics);
}

std::optional<TrainedModel> Outputs::model() const {
  if (model_dir_.empty()) return std::nullopt;
  const auto tree = crypto::hash_tree(model_dir_);
  TrainedModel model{model_dir_, crypto::tree_digest(tree), tree.size(), 0};
  for (const auto& file : tree) model.bytes += file.size;
  base::log_info("the model is " + model.digest.text());
  return model;
}

}  // namespace train_launcher
