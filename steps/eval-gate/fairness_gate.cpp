#include "fairness_gate.hpp"

#include "base/text.hpp"

namespace eval_gate {
namespace {

FairnessMeasure parse_measure(const base::YamlValue& value) {
  const auto text = value.text();
  const std::vector<std::string> names{"equal-opportunity-difference", "equalized-odds-difference",
                                       "demographic-parity-difference"};
  if (text == names[0]) return FairnessMeasure::equal_opportunity;
  if (text == names[1]) return FairnessMeasure::equalized_odds;
  if (text == names[2]) return FairnessMeasure::demographic_parity;
  throw value.error("'" + base::printable(text, 100) + "' is not one of " + base::join(names, ", ") +
                    base::did_you_mean_hint(text, names));
}

stats::FairnessDifference difference(const FairnessGate& gate,
                                     const std::vector<stats::GroupCounts>& groups) {
  switch (gate.measure) {
    case FairnessMeasure::equalized_odds:
      return stats::equalized_odds_difference(groups, gate.min_group_positives);
    case FairnessMeasure::demographic_parity:
      return stats::demographic_parity_difference(groups);
    default:
      return stats::equal_opportunity_difference(groups, gate.min_group_positives);
  }
}

std::string formula(FairnessMeasure measure) {
  switch (measure) {
    case FairnessMeasure::equalized_odds:
      return "larger of max - min true and false positive rate over the groups";
    case FairnessMeasure::demographic_parity:
      return "max - min share predicted positive over the groups";
    default:
      return "max - min true positive rate over the groups";
  }
}

std::string rate_text(const std::optional<double>& rate) {
  return rate ? short_number(*rate) : "undefined";
}

std::string group_note(const stats::GroupCounts& group) {
  return group.group + ": " + std::to_string(group.rows()) + " rows, " + std::to_string(group.positives()) +
         " positive, true positive rate " + rate_text(group.true_positive_rate()) + ", false positive rate " +
         rate_text(group.false_positive_rate()) + ", predicted positive " + rate_text(group.selection_rate());
}

void count(stats::GroupCounts& counts, bool truth, bool predicted) {
  if (truth) {
    ++(predicted ? counts.true_positives : counts.false_negatives);
  } else {
    ++(predicted ? counts.false_positives : counts.true_negatives);
  }
}

}  // namespace

FairnessGate parse_fairness_gate(const base::YamlValue& value) {
  reject_unknown_gate_keys(value, {"measure", "group-by", "max", "min-group-positives"});
  FairnessGate gate;
  if (const auto measure = value.find("measure")) gate.measure = parse_measure(*measure);
  if (const auto columns = value.find("group-by")) gate.group_by = columns->texts();
  value.at("max");
  gate.max = number_key(value, "max", 0, {0, 1});
  gate.min_group_positives = count_key(value, "min-group-positives", 1, 1);
  if (gate.measure == FairnessMeasure::demographic_parity && value.find("min-group-positives"))
    throw value.at("min-group-positives")
        .error("demographic parity does not look at positive rows; remove 'min-group-positives'");
  return gate;
}

std::vector<stats::GroupCounts> group_counts(const Predictions& predictions,
                                             const std::vector<std::string>& columns) {
  const auto& outcomes = predictions.outcomes;
  if (outcomes.regression() || !outcomes.positive || outcomes.classes.size() > 2)
    throw base::Error(base::ErrorKind::input,
                      "fairness needs two classes, one of them positive; the classes are " +
                          base::printable(base::join(outcomes.classes, ", "), 300));
  const int positive = static_cast<int>(*outcomes.positive);
  std::vector<stats::GroupCounts> counts;
  for (const auto& group : predictions.grouped_by(columns)) {
    stats::GroupCounts of_group{.group = group.name};
    for (const std::size_t row : group.rows)
      count(of_group, outcomes.truth[row] == positive, outcomes.predicted[row] == positive);
    counts.push_back(std::move(of_group));
  }
  return counts;
}

GateAnswer judge(const FairnessGate& gate, const Evidence& evidence) {
  const auto& predictions = evidence.predictions();
  const auto& columns = gate.group_by.empty() ? evidence.columns().sensitive : gate.group_by;
  const auto groups = group_counts(predictions, columns);
  GateAnswer answer;
  for (const auto& group : groups) answer.notes.push_back(group_note(group));
  const auto found = difference(gate, groups);
  Check check = found.value ? compare(*found.value, Comparison::at_most, gate.max)
                            : not_computed("", "undefined: " + found.undefined);
  check.bound = gate.max;
  check.comparison = Comparison::at_most;
  check.formula = formula(gate.measure);
  check.samples = predictions.outcomes.rows;
  if (found.value && groups.size() == 1) check.message = "there is one group only: " + groups[0].group;
  answer.checks.push_back(std::move(check));
  return answer;
}

}  // namespace eval_gate
