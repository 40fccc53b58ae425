#include "step.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "evaluate.hpp"
#include "report.hpp"

namespace eval_gate {

using cli::option;

const cli::Step<Config> step{
    .name = "eval-gate",
    .summary = "Judge a model by gates, and explain the answer.",
    .description =
        "Reads gates from YAML files and judges the model by each of them: metrics of its predictions, its "
        "lead over the champion, the quality of its data, fairness between groups, and the latency and the "
        "answers of its live endpoint. Every gate is judged, whatever the others say.\n\n"
        "The verdict is pass, warn, fail or error. Bounds are inclusive; NaN, a missing metric and a missing "
        "slice never pass. With --report-dir the answer is written as gate-report.json, junit.xml, report.md "
        "and report.html. The step ends with 10 when a gate does not hold, and with 3 when one cannot be "
        "computed.",
    .sections =
        {{"Gates",
          {option("gates", &Config::gates, "FILE",
                  "Gate file (YAML). Several are judged as one; one of them at least must be given.")}},
         {"Evidence",
          {option("predictions", &Config::predictions, "FILE",
                  "Predictions of the model, as CSV, TSV, Parquet or NDJSON."),
           option("champion-predictions", &Config::champion_predictions, "FILE",
                  "Predictions of the champion, with the same columns."),
           option("metrics", &Config::metrics, "FILE", "Metrics of the model, as a JSON object of numbers."),
           option("profile", &Config::profile, "FILE",
                  "Profile of the present data: profile.json of preprocess-runner."),
           option("reference-profile", &Config::reference_profile, "FILE",
                  "Profile of the training data: profile.json of preprocess-runner."),
           option("endpoint", &Config::endpoint, "URL",
                  "Address of the model server, without the path of the protocol."),
           option("registry", &Config::registry, "URI",
                  "Model registry that knows the champion: a directory, or the address of an MLflow server."),
           option("model-name", &Config::model_name, "NAME", "Name of the model in the registry.")}},
         {"Report",
          {option("model-digest", &Config::model_digest, "DIGEST",
                  "Digest of the judged model, for the report: it makes the report evidence for "
                  "register-model and promote-alias."),
           option("report-dir", &Config::report_dir, "DIR", "Directory for the reports.")}}},
    .results = {{"verdict", "pass, warn, fail or error."},
                {"failed-gates", "Names of the gates that fail or cannot be computed, separated by commas."},
                {"passed-count", "Number of gates that pass."},
                {"failed-count", "Number of gates that fail or cannot be computed."},
                {"headline-metric", "The headline as NAME=VALUE."},
                {"report-digest", "SHA-256 digest of gate-report.json."}},
    .examples = {{"Judge predictions and write the reports",
                  "eval-gate --gates gates.yaml --predictions predictions.csv --report-dir report"},
                 {"Compare with the champion of a registry",
                  "eval-gate --gates gates.yaml --predictions predictions.parquet \\\n"
                  "  --registry http://mlflow:5000 --model-name diabetes"},
                 {"Judge a live endpoint, and let the pipeline decide by the verdict",
                  "eval-gate --gates serving.yaml --endpoint http://localhost:8080 --on-reject report"}},
    .traits = {.side_effects = false, .gate = true, .memory_limit = "2Gi"},
};

namespace {

constexpr std::size_t most_names_bytes = 1500;  // of Tekton's 4096

std::string joined_names(const std::vector<std::string>& names, std::string_view separator) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (text.size() + names[i].size() > most_names_bytes)
      return text + " and " + std::to_string(names.size() - i) + " more";
    text += (i == 0 ? "" : std::string(separator)) + names[i];
  }
  return text;
}

void set_results(const Report& report, cli::Results& results) {
  const auto failed = report.failed_names();
  results.set("verdict", std::string(to_string(report.verdict)));
  results.set("failed-gates", joined_names(failed, ","));
  results.set("passed-count", std::to_string(report.count(Status::pass)));
  results.set("failed-count", std::to_string(failed.size()));
  results.set("headline-metric", headline_text(report));
}

cli::Answer answer_of(const Report& report) {
  const auto names = joined_names(report.failed_names(), ", ");
  if (report.verdict == Status::error)
    throw base::Error(base::ErrorKind::input,
                      "the verdict is error: these gates could not all be computed: " + names +
                          "; the lines above and the report say why");
  if (report.verdict == Status::fail) return cli::Answer::no(summary(report) + "; these do not: " + names);
  base::log_info(summary(report));
  return cli::Answer::yes();
}

cli::Answer say_plan(const GateFile& file) {
  for (const auto& gate : file.gates)
    base::log_info("would judge " + std::string(kind_of(gate)) + " gate '" + gate.name + "'");
  return cli::Answer::yes();
}

}  // namespace

cli::Answer run(const Config& config, cli::Context& context) {
  if (config.gates.empty())
    throw base::Error(base::ErrorKind::usage, "--gates is missing; expected a gate file");
  const auto file = read_gate_files(config.gates);
  check_evidence(file, config);
  if (context.dry_run()) return say_plan(file);

  const Evidence evidence(config, file.predictions.value_or(PredictionColumns{}));
  auto report = evaluate(file, evidence);
  report.created = base::source_date_epoch().value_or(base::now());
  if (config.model_digest) report.model_digest = config.model_digest->text();
  set_results(report, context.results);
  if (config.report_dir)
    context.results.set("report-digest", write_reports(report, *config.report_dir).text());
  return answer_of(report);
}

}  // namespace eval_gate
