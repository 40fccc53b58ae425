#include "stats/ranking.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/error.hpp"
#include "base/text.hpp"
#include "stats/sum.hpp"

namespace stats {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

void check(std::size_t labels, std::span<const double> scores) {
  using base::Error;
  using base::ErrorKind;
  if (labels != scores.size()) {
    throw Error(ErrorKind::input, std::to_string(labels) + " labels and " + std::to_string(scores.size()) +
                                      " scores; expected equally many");
  }
  const auto bad =
      std::find_if(scores.begin(), scores.end(), [](double score) { return !std::isfinite(score); });
  if (bad != scores.end()) {
    throw Error(ErrorKind::input, "the score in row " + std::to_string(bad - scores.begin() + 1) + " is " +
                                      base::to_text(*bad) + "; expected a finite number");
  }
}

std::vector<char> is_class(std::span<const int> truth, int index) {
  std::vector<char> positive(truth.size());
  std::transform(truth.begin(), truth.end(), positive.begin(),
                 [index](int each) { return static_cast<char>(each == index); });
  return positive;
}

std::vector<double> column(std::span<const double> scores, std::size_t classes, std::size_t index) {
  std::vector<double> values;
  values.reserve(scores.size() / classes);
  for (std::size_t at = index; at < scores.size(); at += classes) values.push_back(scores[at]);
  return values;
}

// The area for class `a` among the rows of classes `a` and `b`, by the scores of `a`.
double pair_auc(std::span<const int> truth, const std::vector<double>& scores, int a, int b) {
  std::vector<char> positive;
  std::vector<double> kept;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (truth[i] != a && truth[i] != b) continue;
    positive.push_back(static_cast<char>(truth[i] == a));
    kept.push_back(scores[i]);
  }
  return roc_auc(positive, kept);
}

// Weights only scale the terms; a mean over no terms is NaN.
class WeightedMean {
 public:
  void add(double value, double weight) {
    sum_.add(value * weight);
    weights_ += weight;
  }
  double value() const { return weights_ == 0 ? nan : sum_.value() / weights_; }

 private:
  Sum sum_;
  double weights_ = 0;
};

}  // namespace

std::vector<Operating> operating_points(std::span<const char> positive, std::span<const double> scores) {
  check(positive.size(), scores);
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
  std::vector<Operating> points;
  Operating at{0, 0, 0};
  for (std::size_t i = 0; i < order.size(); ++i) {
    (positive[order[i]] != 0 ? at.true_positives : at.false_positives) += 1;
    const bool last_of_score = i + 1 == order.size() || scores[order[i + 1]] != scores[order[i]];
    if (!last_of_score) continue;
    at.threshold = scores[order[i]];
    points.push_back(at);
  }
  return points;
}

double roc_auc(std::span<const char> positive, std::span<const double> scores) {
  const auto points = operating_points(positive, scores);
  if (points.empty()) return nan;
  const double positives = points.back().true_positives;
  const double negatives = points.back().false_positives;
  if (positives == 0 || negatives == 0) return nan;
  Sum area;
  Operating before{0, 0, 0};
  for (const auto& point : points) {
    area.add((point.false_positives - before.false_positives) *
             (point.true_positives + before.true_positives) / 2);
    before = point;
  }
  return area.value() / (positives * negatives);
}

double average_precision(std::span<const char> positive, std::span<const double> scores) {
  const auto points = operating_points(positive, scores);
  if (points.empty() || points.back().true_positives == 0) return nan;
  Sum sum;
  double before = 0;
  for (const auto& point : points) {
    const double selected = point.true_positives + point.false_positives;
    sum.add((point.true_positives - before) * (point.true_positives / selected));
    before = point.true_positives;
  }
  return sum.value() / points.back().true_positives;
}

double roc_auc_ovr(std::span<const int> truth, std::span<const double> scores, std::size_t classes,
                   ClassMean form) {
  WeightedMean mean;
  for (std::size_t i = 0; i < classes; ++i) {
    const auto positive = is_class(truth, static_cast<int>(i));
    const auto count = static_cast<double>(std::count(positive.begin(), positive.end(), 1));
    mean.add(roc_auc(positive, column(scores, classes, i)), form == ClassMean::macro ? 1 : count);
  }
  return mean.value();
}

double roc_auc_ovo(std::span<const int> truth, std::span<const double> scores, std::size_t classes,
                   ClassMean form) {
  WeightedMean mean;
  for (std::size_t a = 0; a < classes; ++a) {
    const auto scores_a = column(scores, classes, a);
    for (std::size_t b = a + 1; b < classes; ++b) {
      const int first = static_cast<int>(a);
      const int second = static_cast<int>(b);
      const double one_way = pair_auc(truth, scores_a, first, second);
      const double other_way = pair_auc(truth, column(scores, classes, b), second, first);
      const auto rows =
          std::count(truth.begin(), truth.end(), first) + std::count(truth.begin(), truth.end(), second);
      mean.add((one_way + other_way) / 2, form == ClassMean::macro ? 1 : static_cast<double>(rows));
    }
  }
  return mean.value();
}

}  // namespace stats
