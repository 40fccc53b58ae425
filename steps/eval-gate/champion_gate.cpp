#include "champion_gate.hpp"

#include <cmath>

#include "base/text.hpp"

namespace eval_gate {
namespace {

using stats::Direction;

FirstRun parse_first_run(const base::YamlValue& value) {
  const auto text = value.text();
  if (text == "pass") return FirstRun::pass;
  if (text == "fail") return FirstRun::fail;
  if (text == "absolute-only") return FirstRun::absolute_only;
  throw value.error("'" + base::printable(text, 100) + "' is not pass, fail or absolute-only");
}

void check_ratio(const base::YamlValue& value, const ChampionGate& gate) {
  if (!gate.min_ratio && !gate.max_drop) throw value.error("expected 'min-ratio' or 'max-drop'");
  if (gate.min_ratio && !(*gate.min_ratio > 0 && *gate.min_ratio <= 10))
    throw value.at("min-ratio").error("'min-ratio' must be more than 0 and at most 10; 0.95 says 95 %");
  if (gate.max_drop && *gate.max_drop < 0)
    throw value.at("max-drop").error("'max-drop' is negative; say by how much the candidate may be worse");
  if (gate.first_run == FirstRun::absolute_only && !gate.bounds.any())
    throw value.error("'first-run: absolute-only' needs 'min' or 'max'");
}

// A ratio only means something between positive figures; an error of 0 cannot be beaten.
Check ratio_check(const ChampionGate& gate, double candidate, double champion) {
  const bool higher = gate.metric.direction == Direction::higher_is_better;
  Check check;
  if (higher ? champion <= 0 : champion < 0 || candidate < 0) {
    check = not_computed("", "a ratio of " + short_number(candidate) + " to the champion's " +
                                 short_number(champion) + " says nothing; use 'max-drop'");
  } else if (!higher && candidate == 0) {
    return passed("", "the candidate's " + gate.metric.name + " is 0, which cannot be bettered");
  } else {
    check =
        compare(higher ? candidate / champion : champion / candidate, Comparison::at_least, *gate.min_ratio);
  }
  check.comparison = Comparison::at_least;
  check.bound = gate.min_ratio;
  check.formula = higher ? "candidate / champion" : "champion / candidate";
  return check;
}

Check drop_check(const ChampionGate& gate, double candidate, double champion) {
  const bool higher = gate.metric.direction == Direction::higher_is_better;
  Check check =
      compare(higher ? champion - candidate : candidate - champion, Comparison::at_most, *gate.max_drop);
  check.formula = higher ? "champion - candidate" : "candidate - champion";
  return check;
}

std::optional<double> candidate_figure(const ChampionGate& gate, const Evidence& evidence) {
  if (evidence.has_predictions() && gate.metric.known)
    return stats::evaluate(*gate.metric.known, evidence.predictions().outcomes);
  return find_figure(evidence.metrics(), gate.metric);
}

// The champion's figure and where it comes from.
struct Rival {
  std::optional<double> figure;
  std::string origin;
  bool first_run = false;
};

Rival rival(const ChampionGate& gate, const Evidence& evidence) {
  if (evidence.has_champion_predictions() && gate.metric.known) {
    return {stats::evaluate(*gate.metric.known, evidence.champion_predictions().outcomes),
            "the champion's predictions"};
  }
  const auto champion = evidence.champion(gate.alias);
  if (!champion) return {std::nullopt, "", true};
  return {find_figure(champion->figures, gate.metric), champion->version.uri()};
}

void judge_first_run(const ChampionGate& gate, GateAnswer& answer) {
  const std::string nobody = "no version is called " + gate.alias + " yet";
  if (gate.first_run == FirstRun::fail) {
    answer.checks.push_back(failed("champion", nobody + ", and first-run is fail"));
    return;
  }
  answer.checks.push_back(passed("champion", nobody + "; the first run is not compared"));
}

}  // namespace

ChampionGate parse_champion_gate(const base::YamlValue& value) {
  reject_unknown_gate_keys(value, {"metric", "average", "beta", "greater-is-better", "min-ratio", "max-drop",
                                   "min", "max", "first-run", "alias"});
  ChampionGate gate;
  gate.metric = parse_metric_choice(value);
  if (!gate.metric.direction) {
    throw value.at("metric").error("'" + base::printable(gate.metric.written, 100) +
                                   "' is not a known metric; say 'greater-is-better: true' or false" +
                                   base::did_you_mean_hint(gate.metric.written, stats::metric_names()));
  }
  gate.min_ratio = number_key(value, "min-ratio");
  gate.max_drop = number_key(value, "max-drop");
  gate.bounds = parse_bounds(value, gate.metric.range());
  if (const auto first_run = value.find("first-run")) gate.first_run = parse_first_run(*first_run);
  gate.alias = text_key(value, "alias", gate.alias);
  check_ratio(value, gate);
  return gate;
}

std::vector<Check> champion_checks(const ChampionGate& gate, double candidate, double champion) {
  if (!std::isfinite(candidate) || !std::isfinite(champion)) {
    return {not_computed("", "candidate " + base::to_text(candidate) + ", champion " +
                                 base::to_text(champion) + ": not comparable")};
  }
  std::vector<Check> checks;
  if (gate.min_ratio) checks.push_back(ratio_check(gate, candidate, champion));
  if (gate.max_drop) checks.push_back(drop_check(gate, candidate, champion));
  for (auto& check : checks) {
    if (!check.message.empty()) continue;
    check.message = "candidate " + short_number(candidate) + ", champion " + short_number(champion);
  }
  return checks;
}

GateAnswer judge(const ChampionGate& gate, const Evidence& evidence) {
  GateAnswer answer;
  answer.metric = gate.metric.name;
  const auto candidate = candidate_figure(gate, evidence);
  if (!candidate) {
    answer.checks.push_back(failed("", "the metrics file has no '" + gate.metric.written + "'"));
    return answer;
  }
  answer.figure = candidate;
  const auto champion = rival(gate, evidence);
  if (champion.first_run) {
    judge_first_run(gate, answer);
  } else if (!champion.figure) {
    answer.checks.push_back(failed(
        "champion", champion.origin + " has no " + gate.metric.name +
                        "; register it with its gate report, or with the tag metric." + gate.metric.name));
  } else {
    answer.checks = champion_checks(gate, *candidate, *champion.figure);
    answer.notes.push_back("champion: " + champion.origin);
  }
  for (auto& check : gate.bounds.checks(*candidate)) {
    check.subject = "candidate";
    answer.checks.push_back(std::move(check));
  }
  return answer;
}

}  // namespace eval_gate
