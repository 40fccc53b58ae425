#include "preprocess-runner/produce.hpp"

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "data/sql.hpp"
#include "preprocess-runner/command.hpp"
#include "preprocess-runner/inspect.hpp"
#include "preprocess-runner/transform.hpp"

namespace preprocess_runner {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;

std::map<std::string, fs::path> placeholders(const Plan& plan, const Workspace& workspace) {
  std::map<std::string, fs::path> paths;
  for (const auto& input : plan.inputs) paths["input." + input.name] = fs::absolute(input.path);
  for (const auto& output : plan.outputs) paths["output." + output.name] = workspace.staged(output.name);
  return paths;
}

void produce_by_command(const Plan& plan, const Workspace& workspace, cli::Context& context) {
  const auto command = filled_in(plan.command, placeholders(plan, workspace));
  base::log_info("running " + base::printable(base::join(command, " "), 500));
  const int code = run_command(command);
  context.results.set("command-exit-code", std::to_string(code));
  if (code != 0) {
    throw Error(ErrorKind::workload, "the command " + base::printable(command.front(), 200) +
                                         " ended with exit code " + std::to_string(code) +
                                         "; nothing was published and nothing cached");
  }
  for (const auto& output : plan.outputs) {
    if (!fs::exists(workspace.staged(output.name))) {
      throw Error(ErrorKind::workload, "the command succeeded but made no output '" + output.name +
                                           "'; it was to be written to {output." + output.name + "}");
    }
  }
}

std::vector<fs::path> files_of(const Plan& plan, const Workspace& workspace) {
  std::vector<fs::path> files;
  for (const auto& input : plan.inputs) files.push_back(input.path);
  for (const auto& output : plan.outputs) files.push_back(workspace.staged(output.name));
  return files;
}

std::string table_of(const std::string& output, const Parts& parts) {
  for (const auto& part : parts.all()) {
    if (part.name.empty() || part.name == output) return part.table;
  }
  throw Error(ErrorKind::internal, "no part for the output '" + output + "'");
}

RowCounts produce_by_transform(const Plan& plan, const Workspace& workspace) {
  data::Database database;
  data::Connection connection(database);
  connection.seal(files_of(plan, workspace));
  RowCounts rows;
  for (const auto& input : plan.inputs)
    rows.in +=
        data::load_table(connection, input.name, input.path, read_settings(plan, input.name, input.path))
            .rows;
  Parts parts(connection, plan.inputs.front().name);
  const auto learned = apply(*plan.transform, parts);
  for (const auto& output : plan.outputs) {
    if (output.name == fitted_output) {
      base::write_file(workspace.staged(output.name), learned.dump(2) + "\n");
    } else {
      const auto from = "FROM " + data::quote_name(table_of(output.name, parts));
      data::write_table(connection, from, workspace.staged(output.name), *output.format);
      rows.out += static_cast<std::uint64_t>(connection.query_integer("SELECT count(*) " + from).value_or(0));
    }
  }
  return rows;
}

}  // namespace

std::optional<RowCounts> produce(const Plan& plan, const Workspace& workspace, cli::Context& context) {
  if (plan.transform) return produce_by_transform(plan, workspace);
  produce_by_command(plan, workspace, context);
  return std::nullopt;
}

}  // namespace preprocess_runner
