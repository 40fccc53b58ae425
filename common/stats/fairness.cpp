#include "stats/fairness.hpp"

#include <algorithm>
#include <string_view>

namespace stats {
namespace {

std::optional<double> share(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(whole);
}

// What is compared between the groups, and the rows that it is a share of.
struct Rate {
  std::optional<double> (GroupCounts::*value)() const;
  std::uint64_t (GroupCounts::*rows)() const;
  std::string_view rows_are;
};

FairnessDifference difference(const std::vector<GroupCounts>& groups, const Rate& rate,
                              std::uint64_t min_rows) {
  if (groups.empty()) return {std::nullopt, "there is no group"};
  double least = 2;
  double most = -1;
  for (const auto& group : groups) {
    const std::uint64_t rows = (group.*rate.rows)();
    const auto value = (group.*rate.value)();
    if (!value || rows < min_rows) {
      return {std::nullopt, "group " + group.group + " has " + std::to_string(rows) + " " +
                                std::string(rate.rows_are) + "; needed are " +
                                std::to_string(std::max<std::uint64_t>(min_rows, 1))};
    }
    least = std::min(least, *value);
    most = std::max(most, *value);
  }
  return {most - least, ""};
}

constexpr Rate true_positives{&GroupCounts::true_positive_rate, &GroupCounts::positives, "positive rows"};
constexpr Rate false_positives{&GroupCounts::false_positive_rate, &GroupCounts::negatives, "negative rows"};
constexpr Rate selected{&GroupCounts::selection_rate, &GroupCounts::rows, "rows"};

}  // namespace

std::optional<double> GroupCounts::true_positive_rate() const {
  return share(true_positives, positives());
}

std::optional<double> GroupCounts::false_positive_rate() const {
  return share(false_positives, negatives());
}

std::optional<double> GroupCounts::selection_rate() const {
  return share(true_positives + false_positives, rows());
}

FairnessDifference equal_opportunity_difference(const std::vector<GroupCounts>& groups,
                                                std::uint64_t min_positives) {
  return difference(groups, true_positives, min_positives);
}

FairnessDifference equalized_odds_difference(const std::vector<GroupCounts>& groups, std::uint64_t min_rows) {
  auto of_positives = difference(groups, true_positives, min_rows);
  if (!of_positives.value) return of_positives;
  auto of_negatives = difference(groups, false_positives, min_rows);
  if (!of_negatives.value) return of_negatives;
  return {std::max(*of_positives.value, *of_negatives.value), ""};
}

FairnessDifference demographic_parity_difference(const std::vector<GroupCounts>& groups,
                                                 std::uint64_t min_rows) {
  return difference(groups, selected, min_rows);
}

}  // namespace stats
