#include "cli/run_step.hpp"
#include "step.hpp"

int main(int argc, char** argv) {
  return cli::run_step(build_pin_digest::step, build_pin_digest::run, argc, argv);
}
