#include "train-launcher/environment.hpp"

#include "base/error.hpp"
#include "support/catch.hpp"

using train_launcher::child_environment;
using train_launcher::Config;

TEST_CASE("a parameter's name becomes a variable's name") {
  CHECK(train_launcher::variable_name("PARAM_", "learning-rate") == "PARAM_LEARNING_RATE");
  CHECK(train_launcher::variable_name("DATA_", "a.b2") == "DATA_A_B2");
}

TEST_CASE("the seed makes the environment deterministic, and --env wins") {
  Config config;
  config.seed = 42;
  config.env = {{"OMP_NUM_THREADS", "4"}};
  const auto environment = child_environment(config);
  CHECK(environment.at("SEED") == "42");
  CHECK(environment.at("PYTHONHASHSEED") == "42");
  CHECK(environment.at("CUBLAS_WORKSPACE_CONFIG") == ":4096:8");
  CHECK(environment.at("TF_DETERMINISTIC_OPS") == "1");
  CHECK(environment.at("MKL_NUM_THREADS") == "1");
  CHECK(environment.at("OPENBLAS_NUM_THREADS") == "1");
  CHECK(environment.at("OMP_NUM_THREADS") == "4");
}

TEST_CASE("without a seed nothing is made deterministic behind the user's back") {
  CHECK(child_environment(Config{}).count("CUBLAS_WORKSPACE_CONFIG") == 0);
}

TEST_CASE("parameters, data and outputs are in the environment") {
  Config config;
  config.param = {{"depth", "3"}};
  config.data = {{"train", "a.csv"}};
  config.model_dir = "model";
  config.metrics_file = "m.json";
  const auto environment = child_environment(config);
  CHECK(environment.at("PARAM_DEPTH") == "3");
  CHECK(environment.at("DATA_TRAIN") == "a.csv");
  CHECK(environment.at("MODEL_DIR") == "model");
  CHECK(environment.at("METRICS_FILE") == "m.json");
}

TEST_CASE("two parameters with the same variable are refused") {
  Config config;
  config.param = {{"a-b", "1"}, {"a.b", "2"}};
  CHECK_THROWS_WITH(child_environment(config), "'a-b' and 'a.b' would both be the variable PARAM_A_B");
}

TEST_CASE("the record has what can change the outcome, and no secret") {
  Config config;
  config.env = {{"MY_FLAG", "on"}, {"SERVICE_TOKEN", "abc"}, {"ACCESS_KEY", "def"}};
  auto environment = child_environment(config);
  environment["UNRELATED"] = "x";
  environment["CUDA_VISIBLE_DEVICES"] = "0";
  const auto recorded = train_launcher::recorded_environment(config, environment);
  CHECK(recorded.at("MY_FLAG") == "on");
  CHECK(recorded.at("SERVICE_TOKEN") == "***");
  CHECK(recorded.at("ACCESS_KEY") == "***");
  CHECK(recorded.at("CUDA_VISIBLE_DEVICES") == "0");
  CHECK_FALSE(recorded.contains("UNRELATED"));
}
