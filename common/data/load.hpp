// The readers behind table.hpp, one per format.   Errors, threads: as table.hpp.
#pragma once

#include <filesystem>
#include <string>

#include "data/table.hpp"

namespace data {

TableInfo load_csv(Connection& connection, const std::string& name, const std::filesystem::path& path,
                   const ReadSettings& settings, char delimiter);
TableInfo load_ndjson(Connection& connection, const std::string& name, const std::filesystem::path& path,
                      const ReadSettings& settings);
TableInfo load_parquet(Connection& connection, const std::string& name, const std::filesystem::path& path,
                       const ReadSettings& settings);

// Error{input} for a required or retyped column that is not in `names`, naming those that are.
void check_columns_exist(const std::filesystem::path& path, const std::vector<std::string>& names,
                         const ReadSettings& settings);

}  // namespace data
