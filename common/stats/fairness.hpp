// Fairness of predictions between groups of people, as differences between the largest and the smallest
// group figure (Hardt, Price and Srebro 2016; Fairlearn's method="between_groups").
//
// Fairlearn counts a group without a positive row as one with a true positive rate of 0, which makes every
// difference large. Here such a group makes the difference undefined, and the answer names it.
//
// Threads: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace stats {

// The rows of one group by truth and prediction.
struct GroupCounts {
  std::string group;
  std::uint64_t true_positives = 0;
  std::uint64_t false_negatives = 0;
  std::uint64_t false_positives = 0;
  std::uint64_t true_negatives = 0;

  std::uint64_t positives() const { return true_positives + false_negatives; }
  std::uint64_t negatives() const { return false_positives + true_negatives; }
  std::uint64_t rows() const { return positives() + negatives(); }
  // Missing when the denominator is zero.
  std::optional<double> true_positive_rate() const;
  std::optional<double> false_positive_rate() const;
  std::optional<double> selection_rate() const;
};

struct FairnessDifference {
  std::optional<double> value;  // missing: undefined, for the reason below
  std::string undefined;        // which group has too few rows of which kind
};

// The difference of true positive rates. Undefined when a group has fewer than `min_positives` positive rows
// (at least 1), or when there is no group.
FairnessDifference equal_opportunity_difference(const std::vector<GroupCounts>& groups,
                                                std::uint64_t min_positives = 1);
// The larger of the differences of true positive and false positive rates (Fairlearn's agg="worst_case").
// `min_rows` positive and as many negative rows are needed in each group.
FairnessDifference equalized_odds_difference(const std::vector<GroupCounts>& groups,
                                             std::uint64_t min_rows = 1);
// The difference of the shares that are predicted positive.
FairnessDifference demographic_parity_difference(const std::vector<GroupCounts>& groups,
                                                 std::uint64_t min_rows = 1);

}  // namespace stats
