#include "cli/results.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/files.hpp"
#include "base/text.hpp"

namespace cli {
namespace {

using base::Error;
using base::ErrorKind;

// The length of `text` as Go's encoding/json writes it, which escapes < > & as six characters.
std::size_t go_json_length(std::string_view text) {
  std::size_t length = 2;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '"' || c == '\\' || c == '\n' || c == '\r' || c == '\t') {
      length += 2;
    } else if (c < 0x20 || c == '<' || c == '>' || c == '&') {
      length += 6;
    } else {
      length += 1;
    }
  }
  return length;
}

void check_size(const Results& results) {
  const auto size = tekton_message_size(results.values());
  if (size <= tekton_message_limit) return;
  std::vector<std::pair<std::size_t, std::string>> largest;
  for (const auto& [name, value] : results.values()) largest.emplace_back(value.size(), name);
  std::sort(largest.rbegin(), largest.rend());
  throw Error(ErrorKind::input,
              "the results take " + std::to_string(size) + " bytes of Tekton's " +
                  std::to_string(tekton_message_limit) + "; the largest is " + largest.front().second +
                  " with " + std::to_string(largest.front().first) + " bytes: shorten what it is made from");
}

}  // namespace

Results::Results(const StepTable& table) {
  for (const auto& row : table.results) values_.emplace(row.name, "");
}

void Results::set(std::string_view name, std::string value) {
  const auto found = values_.find(std::string(name));
  if (found == values_.end())
    throw Error(ErrorKind::internal, "result " + std::string(name) + " is not declared");
  while (!value.empty() && value.back() == '\n') value.pop_back();
  found->second = std::move(value);
}

const std::string& Results::get(std::string_view name) const {
  const auto found = values_.find(std::string(name));
  if (found == values_.end())
    throw Error(ErrorKind::internal, "result " + std::string(name) + " is not declared");
  return found->second;
}

std::optional<std::filesystem::path> ResultFiles::path_of(const std::string& name) const {
  if (const auto found = single.find(name); found != single.end()) return found->second;
  if (directory) return *directory / name;
  return std::nullopt;
}

std::size_t tekton_message_size(const std::map<std::string, std::string>& values) {
  std::size_t size = 65;
  for (const auto& [name, value] : values) size += 30 + name.size() + go_json_length(value);
  return size;
}

void create_empty(const ResultFiles& files, const Results& results) {
  for (const auto& [name, value] : results.values()) {
    if (const auto path = files.path_of(name)) base::write_file(*path, "");
  }
}

void write(const ResultFiles& files, const Results& results) {
  // Results from --result and from the directory are both read back by Tekton, so both count.
  if (files.anywhere()) check_size(results);
  for (const auto& [name, value] : results.values()) {
    if (const auto path = files.path_of(name)) base::write_file_if_different(*path, value);
  }
}

}  // namespace cli
