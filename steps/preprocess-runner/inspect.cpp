#include "preprocess-runner/inspect.hpp"

#include "base/error.hpp"
#include "base/log.hpp"
#include "data/columns.hpp"

namespace preprocess_runner {
namespace {

constexpr const char* table = "table";

void check_schema(data::Connection& connection, const Inspection& inspection) {
  const auto violations = data::validate(connection, table, *inspection.schema, inspection.most_violations);
  if (violations.empty()) return;
  for (const auto& violation : violations) base::log_error(inspection.name + ": " + data::to_text(violation));
  throw base::Error(base::ErrorKind::input,
                    inspection.path.string() + " breaks its schema in " + std::to_string(violations.size()) +
                        (violations.size() == 1 ? " way" : " ways") +
                        ", listed above; mend the data, or the schema if it is wrong");
}

}  // namespace

// Columns of the schema that are not there are left to the validation, which reports all of them.
data::ReadSettings read_settings(const Plan& plan, const std::string& name,
                                 const std::filesystem::path& path) {
  data::ReadSettings settings;
  if (plan.transform && plan.transform->read.count(name) != 0) settings = plan.transform->read.at(name);
  const auto schema = plan.schemas.find(name);
  if (schema == plan.schemas.end()) return settings;
  for (const auto& [column, type] :
       data::read_settings(schema->second, data::column_names(path, settings)).types)
    settings.types.emplace(column, type);
  return settings;
}

Inspected inspect(const Inspection& inspection) {
  data::Database database;
  data::Connection connection(database);
  Inspected result;
  result.rows = data::load_table(connection, table, inspection.path, inspection.read).rows;
  if (inspection.schema != nullptr) check_schema(connection, inspection);
  if (inspection.profile) result.profile = data::make_profile(connection, table);
  return result;
}

}  // namespace preprocess_runner
