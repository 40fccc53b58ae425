#include "cli/run_step.hpp"
#include "promote-alias/step.hpp"

int main(int argc, char** argv) {
  return cli::run_step(promote_alias::step, promote_alias::run, argc, argv);
}
