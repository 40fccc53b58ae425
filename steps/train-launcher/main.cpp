#include "cli/run_step.hpp"
#include "train-launcher/step.hpp"

int main(int argc, char** argv) {
  return cli::run_step(train_launcher::step, train_launcher::run, argc, argv);
}
