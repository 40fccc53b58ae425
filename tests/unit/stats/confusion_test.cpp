#include "stats/confusion.hpp"

#include <cmath>
#include <vector>

#include "support/catch.hpp"

using stats::Average;
using stats::Averaging;
using stats::ConfusionMatrix;

namespace {

// Golden values from scikit-learn 1.9.1.
const ConfusionMatrix three =
    ConfusionMatrix::of(std::vector<int>{0, 1, 2, 2, 1, 0, 2}, std::vector<int>{1, 1, 2, 0, 1, 0, 2}, 3);
// The scores of ranking_test.cpp, cut above 0.5.
const ConfusionMatrix two = ConfusionMatrix::of(std::vector<int>{0, 1, 1, 0, 1, 0, 1, 1, 0, 0},
                                                std::vector<int>{0, 0, 0, 0, 1, 0, 1, 0, 0, 1}, 2);

Approx near(double value) {
  return Approx(value).epsilon(1e-14);
}

}  // namespace

TEST_CASE("counts of a confusion matrix") {
  CHECK(two.count(1, 1) == 2);
  CHECK(two.count(1, 0) == 3);
  CHECK(two.count(0, 1) == 1);
  CHECK(two.count(0, 0) == 4);
  CHECK(two.true_total(1) == 5);
  CHECK(two.predicted_total(1) == 3);
  CHECK(two.correct() == 6);
}

TEST_CASE("two classes: golden values") {
  CHECK(stats::accuracy(two) == near(0.6));
  CHECK(stats::balanced_accuracy(two) == near(0.6));
  CHECK(stats::matthews_correlation(two) == near(0.21821789023599239));
  CHECK(stats::cohen_kappa(two) == near(0.2));
  CHECK(stats::precision(two, {}) == near(2.0 / 3));
  CHECK(stats::recall(two, {}) == near(0.4));
  CHECK(stats::f_beta(two, {}, 1) == near(0.5));
  CHECK(stats::f_beta(two, {}, 0.5) == near(0.5882352941176471));
  CHECK(stats::recall(two, {Average::binary, 0}) == near(0.8));
}

TEST_CASE("three classes: golden values") {
  const Averaging macro{Average::macro};
  const Averaging micro{Average::micro};
  const Averaging weighted{Average::weighted};
  CHECK(stats::precision(three, macro) == near(0.72222222222222222));
  CHECK(stats::recall(three, macro) == near(0.72222222222222222));
  CHECK(stats::f_beta(three, macro, 1) == near(0.7));
  CHECK(stats::f_beta(three, macro, 2) == near(0.7077922077922079));
  CHECK(stats::precision(three, micro) == near(5.0 / 7));
  CHECK(stats::f_beta(three, micro, 1) == near(5.0 / 7));
  CHECK(stats::precision(three, weighted) == near(0.76190476190476186));
  CHECK(stats::recall(three, weighted) == near(5.0 / 7));
  CHECK(stats::f_beta(three, weighted, 1) == near(5.0 / 7));
  CHECK(stats::balanced_accuracy(three) == near(0.7222222222222222));
  CHECK(stats::matthews_correlation(three) == near(0.59375));
  CHECK(stats::cohen_kappa(three) == near(0.5757575757575757));
}

TEST_CASE("zero denominators") {
  ConfusionMatrix no_positive(2);
  no_positive.add(0, 0, 5);
  CHECK(stats::precision(no_positive, {}) == 0);
  CHECK(stats::recall(no_positive, {}) == 0);
  CHECK(stats::f_beta(no_positive, {}, 1) == 0);
  CHECK(stats::balanced_accuracy(no_positive) == 1);
  CHECK(stats::matthews_correlation(no_positive) == 0);
  CHECK(std::isnan(stats::cohen_kappa(no_positive)));
  // The class that never occurs is no part of the mean.
  CHECK(stats::precision(no_positive, {Average::macro}) == 1);

  const ConfusionMatrix empty(2);
  CHECK(std::isnan(stats::accuracy(empty)));
  CHECK(std::isnan(stats::balanced_accuracy(empty)));
  CHECK(std::isnan(stats::matthews_correlation(empty)));
  CHECK(std::isnan(stats::cohen_kappa(empty)));
  CHECK(std::isnan(stats::f_beta(empty, {Average::macro}, 1)));
}

TEST_CASE("a constant predictor has no correlation") {
  ConfusionMatrix constant(2);
  constant.add(0, 0, 3);
  constant.add(1, 0, 2);
  CHECK(stats::matthews_correlation(constant) == 0);
  CHECK(stats::cohen_kappa(constant) == 0);
}

TEST_CASE("counts beyond 32 bits stay exact") {
  ConfusionMatrix large(2);
  large.add(0, 0, 5'000'000'000);
  large.add(1, 1, 5'000'000'000);
  CHECK(stats::accuracy(large) == 1);
  CHECK(stats::matthews_correlation(large) == near(1));
}
