#include "cli/run_step.hpp"
#include "preprocess-runner/step.hpp"

int main(int argc, char** argv) {
  return cli::run_step(preprocess_runner::step, preprocess_runner::run, argc, argv);
}
