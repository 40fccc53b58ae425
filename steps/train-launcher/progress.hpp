// Progress: how far the training is, for $ARGO_PROGRESS_FILE, which Argo reads as "N/M".
//
// Errors: Error{usage} for a pattern without one or two groups; Error{precondition} when the file cannot be
// written.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "train-launcher/pattern.hpp"

namespace train_launcher {

class Progress {
 public:
  explicit Progress(std::optional<Pattern> pattern);

  // Looks for the pattern: one group is a percentage ("45" or "45%") or, up to 1, a fraction; two groups are
  // the part done and the whole.
  void find(std::string_view line);
  // From 0 to 1; anything else is left aside.
  void set_fraction(double fraction);
  // Writes the file if there is one and the percentage has changed.
  void publish();

 private:
  std::optional<Pattern> pattern_;
  std::filesystem::path file_;
  int percent_ = -1;
  int published_ = -1;
};

}  // namespace train_launcher
