// Outcome: how a training ended, what it left, and how that is told: as results, as training-record.json and
// as the error that decides the exit code.
#pragma once

#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/process.hpp"
#include "cli/results.hpp"
#include "train-launcher/outputs.hpp"
#include "train-launcher/plan.hpp"
#include "train-launcher/watch.hpp"

namespace train_launcher {

struct Outcome {
  std::string state;    // succeeded, failed, stopped, timed-out, cancelled
  std::string reason;   // for people; empty after success
  std::string log_end;  // the last line on stderr after a failure
  int exit_code = 0;    // the command's own
  base::Time started;
  base::Time finished;
  std::optional<TrainedModel> model;
  std::optional<base::Error> failure;
};

// Judges how the command ended; after success also what it left, whose metrics are added to the watch's.
Outcome conclude(const base::Completion& completion, Watch& watch, const Outputs& outputs,
                 base::Time started);

// training-record.json, schema version 1.
void write_record(const Config& config, const Plan& plan, const Outcome& outcome, const Metrics& metrics);
void set_results(cli::Results& results, const Plan& plan, const Outcome& outcome, const Metrics& metrics);

}  // namespace train_launcher
