#include "cli/run_step.hpp"
#include "register-model/step.hpp"

int main(int argc, char** argv) {
  return cli::run_step(register_model::step, register_model::run, argc, argv);
}
