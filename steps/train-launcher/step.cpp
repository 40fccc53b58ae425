#include "train-launcher/step.hpp"

#include "base/files.hpp"
#include "base/interrupt.hpp"
#include "base/log.hpp"
#include "train-launcher/outcome.hpp"
#include "train-launcher/plan.hpp"
#include "train-launcher/watch.hpp"

namespace train_launcher {

const cli::Step<Config> step{
    .name = "train-launcher",
    .summary = "Run a training, watch it truthfully, bring back metrics, model and reason.",
    .description =
        "Runs the training command as a child process in a group of its own, without a shell. SIGTERM and "
        "--timeout reach the whole group: SIGTERM first, SIGKILL after --grace. The command's log is passed "
        "through to standard error as it comes.\n\n"
        "In the command's words {param.NAME}, {data.NAME}, {model-dir}, {metrics-file} and {seed} are "
        "replaced. "
        "Its environment has MODEL_DIR, METRICS_FILE, SEED, PARAM_NAME for each parameter and DATA_NAME for "
        "each input.\n\n"
        "A training that fails by its own fault ends the step with 6, one that takes too long or falls "
        "silent "
        "with 7. The command's own exit code is the result exit-code.",
    .sections =
        {{"Command",
          {cli::option(
               "command", &Config::command, "WORD",
               "Command to run, one word a line or a repetition; the usual way is to put it after --."),
           cli::option("working-dir", &Config::working_dir, "DIR", "Directory that the command runs in."),
           cli::option("param", &Config::param, "NAME=VALUE",
                       "Parameter, recorded and handed to the command: as {param.NAME} in its words and as "
                       "PARAM_NAME in its environment."),
           cli::option("data", &Config::data, "NAME=PATH",
                       "Input file or directory, recorded with its digest; {data.NAME} and DATA_NAME are its "
                       "path."),
           cli::option("env", &Config::env, "NAME=VALUE",
                       "Environment variable of the command. No secrets: set those in the "
                       "step's own environment, which the command inherits."),
           cli::option(
               "seed", &Config::seed, "N",
               "Makes the environment deterministic: SEED and PYTHONHASHSEED are N, numeric libraries "
               "get one thread, CUBLAS_WORKSPACE_CONFIG, TF_DETERMINISTIC_OPS, MKL_CBWR and XLA_FLAGS "
               "their deterministic values. --env wins over these.")}},
         {"Outputs",
          {cli::option(
               "model-dir", &Config::model_dir, "DIR",
               "Directory that the command leaves its model in. It must have written there; its files "
               "are digested."),
           cli::option("metrics-file", &Config::metrics_file, "FILE",
                       "JSON or YAML file of numbers that the command writes. It must have written it."),
           cli::option(
               "stdout-metrics", &Config::stdout_metrics, "",
               "Takes metrics from the command's standard output: NAME=NUMBER anywhere in a line, and "
               "lines that are a JSON object. The last value counts."),
           cli::option(
               "metric-regex", &Config::metric_regex, "REGEX",
               "Takes metrics from standard output and error: REGEX with two groups (name and value), or "
               "NAME=REGEX with one (value)."),
           cli::option(
               "record", &Config::record, "FILE",
               "Where to write training-record.json: command, parameters, seed, Git commit, data "
               "digests, environment, times, metrics, model digest. It is written however the training "
               "ends.")}},
         {"Watching",
          {cli::option("stop-if", &Config::stop_if, "CONDITION",
                       "Ends the training when a metric says so: 'loss is nan', 'loss is not finite', "
                       "'loss > 10'."),
           cli::option("max-idle", &Config::max_idle, "DURATION",
                       "Ends the training when it has printed nothing for so long."),
           cli::option("grace", &Config::grace, "DURATION",
                       "Time between SIGTERM and SIGKILL, for saving a checkpoint."),
           cli::option(
               "progress-regex", &Config::progress_regex, "REGEX",
               "Where a line says how far it is: one group (a percentage or a fraction) or two (the part "
               "done and the whole). Goes to $ARGO_PROGRESS_FILE, as does a metric called progress.")}}},
    .results = {{"state", "succeeded, failed, stopped, timed-out or cancelled."},
                {"exit-code", "The command's own exit code; 128 plus the signal if one ended it."},
                {"reason", "Why it did not succeed, for people."},
                {"run-id", "Name of this run, as in the record."},
                {"model-dir", "The model directory."},
                {"model-digest", "Digest of the model directory, as sha256:<hex>."},
                {"MODEL_ARTIFACT_OUTPUTS", "URI and digest of the model, as Tekton Chains reads them."},
                {"metrics", "The metrics as a JSON object; empty when they do not fit a result."},
                {"duration-seconds", "How long the training took."}},
    .examples = {{"Train, keep the record, stop when it diverges:",
                  "train-launcher --param depth=3 --data train=data/train.csv --seed 42 \\\n"
                  "  --model-dir model --metrics-file metrics.json \\\n"
                  "  --record training-record.json --stop-if 'loss is nan' --timeout 2h \\\n"
                  "  -- python3 train.py --depth {param.depth} --data {data.train}"},
                 {"Take the metrics from the log:",
                  "train-launcher --metric-regex 'accuracy=val_acc: ([0-9.]+)' \\\n"
                  "  --max-idle 10m -- ./train.sh"}},
    .traits = {.takes_command = true, .cpu = "1", .memory = "1Gi", .memory_limit = "4Gi"},
};

namespace {

// cli::run_step ends the process half a minute after --timeout whatever happens.
void check_grace(const Config& config) {
  if (!base::deadline() || config.grace <= std::chrono::seconds(25)) return;
  throw base::Error(
      base::ErrorKind::usage,
      "option '--grace': with --timeout at most 25s; end long training earlier with the command's "
      "own time limit");
}

void describe(const Plan& plan, cli::Context& context) {
  const base::Json planned{{"command", plan.command.argv}, {"environment", plan.environment}};
  context.print(planned.dump(2) + "\n");
  base::log_info("dry run: the command is not started");
}

}  // namespace

cli::Answer run(const Config& config, cli::Context& context) {
  check_grace(config);
  Watch watch(config);
  const auto plan = make_plan(config);
  if (context.dry_run()) {
    describe(plan, context);
    return cli::Answer::yes();
  }
  const Outputs outputs(config);
  context.results.set("state", "failed");  // stands if anything below throws
  const auto started = base::now();
  const auto completion = base::supervise(plan.command, watch.supervision());
  const auto ending = conclude(completion, watch, outputs, started);
  if (!config.record.empty()) write_record(config, plan, ending, watch.metrics());
  set_results(context.results, plan, ending, watch.metrics());
  if (ending.failure) throw *ending.failure;
  base::log_info("training succeeded in " + base::human_duration(ending.finished - ending.started));
  return cli::Answer::yes();
}

}  // namespace train_launcher
