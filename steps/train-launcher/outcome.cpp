#include "train-launcher/outcome.hpp"

#include <csignal>
#include <cstring>

#include "base/files.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "crypto/hash.hpp"

namespace train_launcher {
namespace {

using base::Ending;
using base::ErrorKind;

struct Judgement {
  std::string state;
  ErrorKind kind;
};

Judgement judge(Ending ending) {
  switch (ending) {
    case Ending::cancelled:
      return {"cancelled", ErrorKind::cancelled};
    case Ending::deadline:
    case Ending::timeout:
    case Ending::idle:
      return {"timed-out", ErrorKind::deadline};
    case Ending::stopped:
      return {"stopped", ErrorKind::workload};
    case Ending::by_itself:
      break;
  }
  return {"failed", ErrorKind::workload};
}

std::string describe_end(const base::Completion& completion) {
  if (completion.ending != Ending::by_itself) return "training was ended: " + completion.reason;
  if (completion.signal == SIGKILL)
    return "the command was ended by signal 9 (Killed), which is how the kernel ends what runs out of "
           "memory; "
           "compare its use with the memory limit";
  if (completion.signal != 0) {
    return "the command was ended by signal " + std::to_string(completion.signal) + " (" +
           ::strsignal(completion.signal) + ")";
  }
  return "the command failed with exit code " + std::to_string(completion.exit_code);
}

void set_failure(Outcome& outcome, Judgement judgement, const std::string& reason,
                 const std::string& log_end) {
  outcome.state = std::move(judgement.state);
  outcome.reason = reason;
  outcome.log_end = log_end;
  outcome.failure.emplace(judgement.kind, log_end.empty() ? reason : reason + "; its last words: " + log_end);
}

base::Json data_of(const Plan& plan) {
  auto data = base::Json::array();
  for (const auto& each : plan.data)
    data.push_back({{"name", each.name}, {"path", each.path}, {"digest", each.digest.text()}});
  return data;
}

base::Json model_of(const std::optional<TrainedModel>& model) {
  if (!model) return nullptr;
  return {{"directory", model->directory.string()},
          {"digest", model->digest.text()},
          {"files", model->files},
          {"bytes", model->bytes}};
}

double seconds(const Outcome& outcome) {
  return std::chrono::duration<double>(outcome.finished - outcome.started).count();
}

// A name for this run: from what it ran and when.
std::string run_id(const Plan& plan, base::Time started) {
  const auto inputs =
      base::Json::array({plan.command.argv, data_of(plan), plan.environment, base::rfc3339(started)});
  return "train-" + std::string(crypto::sha256(base::canonical_json(inputs)).hex().substr(0, 16));
}

// Metrics are many or few; the other results come first.
void set_metrics_if_they_fit(cli::Results& results, const Metrics& metrics) {
  auto values = results.values();
  values["metrics"] = base::canonical_json(metrics.to_json());
  if (cli::tekton_message_size(values) > cli::tekton_message_limit) {
    base::log_warning("the metrics do not fit the results; read them in the training record");
    return;
  }
  results.set("metrics", values["metrics"]);
}

}  // namespace

Outcome conclude(const base::Completion& completion, Watch& watch, const Outputs& outputs,
                 base::Time started) {
  Outcome outcome;
  outcome.state = "succeeded";
  outcome.exit_code = completion.exit_code;
  outcome.started = started;
  outcome.finished = base::now();
  if (completion.ending != Ending::by_itself || !completion.ok()) {
    const bool by_itself = completion.ending == Ending::by_itself;
    const auto words = by_itself ? base::printable(watch.last_words(), 300) : std::string();
    set_failure(outcome, judge(completion.ending), describe_end(completion), words);
  } else if (const auto fault = outputs.fault()) {
    set_failure(outcome, judge(Ending::by_itself), *fault, "");
  } else {
    outputs.read_metrics(watch.metrics());
    outcome.model = outputs.model();
    watch.progress().set_fraction(1);
  }
  watch.progress().publish();
  return outcome;
}

void write_record(const Config& config, const Plan& plan, const Outcome& outcome, const Metrics& metrics) {
  auto parameters = base::Json::object();
  for (const auto& [name, value] : config.param) parameters[name] = value;
  const base::Json record{
      {"schema_version", 1},
      {"run_id", run_id(plan, outcome.started)},
      {"command", plan.command.argv},
      {"parameters", parameters},
      {"seed", config.seed ? base::Json(*config.seed) : base::Json()},
      {"git", plan.git},
      {"data", data_of(plan)},
      {"image", nullptr},
      {"environment", plan.environment},
      {"environment_digest", crypto::sha256(base::canonical_json(plan.environment)).text()},
      {"started", base::rfc3339(outcome.started)},
      {"finished", base::rfc3339(outcome.finished)},
      {"duration_seconds", seconds(outcome)},
      {"exit_code", outcome.exit_code},
      {"state", outcome.state},
      {"reason", outcome.reason},
      {"metrics", metrics.to_json()},
      {"model", model_of(outcome.model)}};
  base::write_file(config.record, record.dump(2) + "\n");
}

void set_results(cli::Results& results, const Plan& plan, const Outcome& outcome, const Metrics& metrics) {
  results.set("state", outcome.state);
  results.set("exit-code", std::to_string(outcome.exit_code));
  results.set("reason", base::printable(outcome.failure ? outcome.failure->message() : "", 600));
  results.set("run-id", run_id(plan, outcome.started));
  results.set("duration-seconds", base::to_text(seconds(outcome)));
  if (outcome.model) {
    const auto absolute = std::filesystem::absolute(outcome.model->directory).lexically_normal().string();
    results.set("model-dir", outcome.model->directory.string());
    results.set("model-digest", outcome.model->digest.text());
    results.set("MODEL_ARTIFACT_OUTPUTS",
                base::Json{{"uri", "file://" + absolute}, {"digest", outcome.model->digest.text()}}.dump());
  }
  set_metrics_if_they_fit(results, metrics);
}

}  // namespace train_launcher
