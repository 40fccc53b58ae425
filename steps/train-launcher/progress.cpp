#include "train-launcher/progress.hpp"

#include <cmath>
#include <cstdlib>

#include "base/error.hpp"
#include "base/files.hpp"
#include "base/text.hpp"

namespace train_launcher {
namespace {

std::optional<double> fraction_of(const std::vector<std::string>& groups) {
  auto text = groups.front();
  const bool percentage = !text.empty() && text.back() == '%';
  if (percentage) text.pop_back();
  const auto value = base::parse_double(text);
  if (!value) return std::nullopt;
  if (groups.size() == 1) return percentage || *value > 1 ? *value / 100 : *value;
  const auto whole = base::parse_double(groups[1]);
  if (!whole || *whole <= 0) return std::nullopt;
  return *value / *whole;
}

}  // namespace

Progress::Progress(std::optional<Pattern> pattern) : pattern_(std::move(pattern)) {
  const char* file = std::getenv("ARGO_PROGRESS_FILE");
  if (file != nullptr) file_ = file;
  if (pattern_ && pattern_->groups() != 1 && pattern_->groups() != 2) {
    throw base::Error(
        base::ErrorKind::usage,
        "option '--progress-regex': '" + base::printable(pattern_->text(), 200) +
            "' needs one group (a percentage or fraction) or two (the part done and the whole)");
  }
}

void Progress::find(std::string_view line) {
  if (!pattern_) return;
  for (const auto& groups : pattern_->find_all(line)) {
    if (const auto fraction = fraction_of(groups)) set_fraction(*fraction);
  }
}

void Progress::set_fraction(double fraction) {
  if (fraction >= 0 && fraction <= 1) percent_ = static_cast<int>(std::lround(fraction * 100));
}

void Progress::publish() {
  if (file_.empty() || percent_ == published_) return;
  base::write_file(file_, std::to_string(percent_) + "/100");
  published_ = percent_;
}

}  // namespace train_launcher
