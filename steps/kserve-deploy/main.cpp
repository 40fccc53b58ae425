#include "cli/run_step.hpp"
#include "kserve-deploy/step.hpp"

int main(int argc, char** argv) {
  return cli::run_step(kserve_deploy::step, kserve_deploy::run, argc, argv);
}
