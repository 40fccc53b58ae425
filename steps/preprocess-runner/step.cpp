#include "preprocess-runner/step.hpp"

#include "base/log.hpp"
#include "preprocess-runner/facts.hpp"
#include "preprocess-runner/make.hpp"
#include "preprocess-runner/plan.hpp"
#include "preprocess-runner/reuse.hpp"
#include "preprocess-runner/workspace.hpp"

namespace preprocess_runner {

const cli::Step<Config> step{
    .name = "preprocess-runner",
    .summary = "Prepare data once: by a command or a transform file, cached by content, validated, profiled.",
    .description =
        "The work is a command after --, in which {input.NAME} and {output.NAME} stand for paths, or a "
        "transform file over CSV, TSV, NDJSON and Parquet tables. Outputs appear whole or not at all.\n\n"
        "With --cache-dir, what was made is kept under a key of everything that it was made from: the "
        "inputs' "
        "content, the command or transform, the files that the command names, --code, --env, --image, "
        "schemas "
        "and output formats. The same key again is a hit: outputs are brought back, checked, and nothing "
        "runs.\n\n"
        "A table is read strictly: ragged rows, open quotes, bytes that are not UTF-8 and missing columns "
        "are "
        "errors that name file, line, column and value.",
    .sections =
        {{"Work",
          {cli::option("input", &Config::input, "NAME=PATH",
                       "File or directory that is read. May be repeated."),
           cli::option(
               "output", &Config::output, "NAME=PATH",
               "File or directory that is made. Of a split, NAME is the part; an output called fitted gets "
               "what the transform learned from the data, as JSON. May be repeated."),
           cli::option(
               "command", &Config::command, "WORD",
               "Command to run, one word a line or a repetition; the usual way is to put it after --."),
           cli::option("transform", &Config::transform, "FILE",
                       "Transform file (YAML) to run instead of a command.")}},
         {"Validation",
          {cli::option("schema", &Config::schema, "NAME=FILE",
                       "Schema (YAML) that the input or output NAME must satisfy. May be repeated."),
           cli::option("infer-schema", &Config::infer_schema, "NAME=FILE",
                       "Write a schema that the input or output NAME satisfies. May be repeated."),
           cli::option("max-violations", &Config::max_violations, "NUMBER",
                       "How many rows are shown of each violation of a schema.")}},
         {"Profile",
          {cli::option("profile-dir", &Config::profile_dir, "DIR",
                       "Write DIR/NAME/profile.json for each output that is a table."),
           cli::option("report", &Config::report, "FILE",
                       "Write the profiles as a page with histograms that stands alone (HTML).")}},
         {"Cache",
          {cli::option("cache-dir", &Config::cache_dir, "DIR",
                       "Directory that keeps results; it may be shared."),
           cli::option("no-cache", &Config::no_cache, "", "Do the work in any case, and keep nothing."),
           cli::option("print-key", &Config::print_key, "",
                       "Print the cache key alone, and do nothing else."),
           cli::option("explain-cache", &Config::explain_cache, "",
                       "Say what differs from the last run that made these outputs."),
           cli::option(
               "code", &Config::code, "PATH",
               "File or directory that the command depends on, beside the files among its words. May be "
               "repeated."),
           cli::option(
               "env", &Config::env, "NAME",
               "Environment variable that the command depends on; its hash is part of the key. May be "
               "repeated."),
           cli::option("image", &Config::image, "REF",
                       "Image that the command runs in, with its digest; part of the key.")}},
         {"Versions",
          {cli::option("data-version", &Config::data_version, "FILE",
                       "Write digest, DVC's MD5 and size of every input and output, as JSON.")}}},
    .results = {{"cache-hit", "true when the outputs came from the cache, else false."},
                {"cache-key", "Key of the work: 64 hexadecimal digits."},
                {"rows-in", "Rows of all inputs of a transform."},
                {"rows-out", "Rows of all outputs of a transform."},
                {"DATA_ARTIFACT_OUTPUTS", "Address and digest of the outputs, as JSON, for Tekton Chains."},
                {"data-digest", "Digest of the output, or of all of them."},
                {"schema-verdict", "pass or fail; empty without --schema."},
                {"command-exit-code", "Exit code of the command; empty when none ran."}},
    .examples =
        {{"Prepare a table by a transform file, once",
          "preprocess-runner --input raw=raw.csv --output train=train.csv --output test=test.csv \\\n"
          "  --transform prepare.yaml --cache-dir /cache --profile-dir profiles --report report.html"},
         {"Run a script, and never twice for the same data",
          "preprocess-runner --input raw=raw.parquet --output clean=clean.parquet --cache-dir /cache \\\n"
          "  -- python prep.py --in {input.raw} --out {output.clean}"},
         {"Write a first schema, then hold new data against it",
          "preprocess-runner --input raw=raw.csv --output clean=clean.csv --transform prepare.yaml \\\n"
          "  --infer-schema raw=raw.schema.yaml"}},
    .traits = {.side_effects = false,
               .takes_command = true,
               .cpu = "500m",
               .memory = "512Mi",
               .memory_limit = "1Gi"}};

namespace {

void set_results(const Plan& plan, const Facts& facts, cli::Results& results) {
  if (facts.rows_in) results.set("rows-in", std::to_string(*facts.rows_in));
  if (facts.rows_out) results.set("rows-out", std::to_string(*facts.rows_out));
  results.set("data-digest", data_digest(facts.contents).text());
  results.set("DATA_ARTIFACT_OUTPUTS", artifact_outputs(plan, facts));
  if (!plan.schemas.empty()) results.set("schema-verdict", "pass");
}

// Says what a run would do; the results are those that can be known.
cli::Answer rehearse(const data::CacheKey& key, std::optional<data::StepCache>& cache,
                     cli::Context& context) {
  const bool hit = cache && cache->peek(key);
  context.results.set("cache-hit", hit ? "true" : "false");
  base::log_info(hit ? "dry run: the outputs would come from the cache" : "dry run: the work would be done");
  return cli::Answer::yes();
}

}  // namespace

cli::Answer run(const Config& config, cli::Context& context) {
  const auto plan = make_plan(config);
  const auto key = cache_key(plan, config);
  context.results.set("cache-key", key.hex());
  if (config.print_key) {
    context.print(key.hex() + "\n");
    return cli::Answer::yes();
  }
  auto cache = open_cache(config);
  if (config.explain_cache && cache) explain(*cache, key);
  if (context.dry_run()) return rehearse(key, cache, context);

  Workspace workspace(plan.outputs);
  auto known = cache ? restore(*cache, key, plan, workspace) : std::nullopt;
  context.results.set("cache-hit", known ? "true" : "false");
  base::log_info(known ? "cache: a hit; the outputs are those of an earlier run" : "doing the work");
  auto facts = known ? *known : make(plan, config, workspace, context);
  if (known) add_profiles(plan, config, workspace, facts);
  if (cache && !known) store(*cache, key, plan, workspace, facts);
  workspace.publish();
  write_documents(plan, config, facts, key.hex());
  set_results(plan, facts, context.results);
  return cli::Answer::yes();
}

}  // namespace preprocess_runner
