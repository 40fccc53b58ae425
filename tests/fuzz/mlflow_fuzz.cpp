#include "base/json.hpp"
#include "fuzz/fuzz.hpp"
#include "model_registry/evidence.hpp"
#include "model_registry/mlflow_records.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = fuzz::text(data, size);
  fuzz::expect_value_or_error([&] { model_registry::version_from(base::parse_json(bytes, "answer")); });
  fuzz::expect_value_or_error([&] { model_registry::aliases_from(base::parse_json(bytes, "answer")); });
  fuzz::expect_value_or_error([&] { model_registry::read_gate_report(bytes, "report"); });
  fuzz::expect_value_or_error([&] { model_registry::ModelUri::parse(bytes); });
  return 0;
}
