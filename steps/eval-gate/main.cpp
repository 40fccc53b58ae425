#include "step.hpp"

int main(int argc, char** argv) {
  return cli::run_step(eval_gate::step, eval_gate::run, argc, argv);
}
