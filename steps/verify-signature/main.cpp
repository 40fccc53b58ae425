#include "cli/run_step.hpp"
#include "step.hpp"

int main(int argc, char** argv) {
  return cli::run_step(verify_signature::step, verify_signature::run, argc, argv);
}
