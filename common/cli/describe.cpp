#include "cli/describe.hpp"

#include "base/error.hpp"

namespace cli {

std::string describe(const StepTable& table, std::string_view form) {
  if (form == "tekton-task") return describe_tekton_task(table);
  if (form == "tekton-stepaction") return describe_tekton_stepaction(table);
  if (form == "argo") return describe_argo(table);
  if (form == "kfp") return describe_kfp(table);
  if (form == "markdown") return describe_markdown(table);
  if (form == "man") return describe_man(table);
  if (form == "json") return describe_json(table);
  if (form == "completion") return describe_completion(table);
  throw base::Error(base::ErrorKind::internal, "no renderer for " + std::string(form));
}

}  // namespace cli
