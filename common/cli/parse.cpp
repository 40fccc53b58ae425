#include "cli/parse.hpp"

#include <algorithm>
#include <boost/program_options.hpp>

#include "base/error.hpp"
#include "base/files.hpp"
#include "base/text.hpp"

namespace cli {
namespace {

namespace po = boost::program_options;
using base::Error;
using base::ErrorKind;

Error usage(const std::string& message) {
  return Error(ErrorKind::usage, message);
}

std::vector<std::string> option_names(const StepTable& table) {
  std::vector<std::string> names;
  for (const auto* row : all_options(table)) names.push_back("--" + row->name);
  return names;
}

// Program_options refuses "--name=" and would let "--flag true" stand as a stray word; both become two plain
// items.
std::vector<std::string> normalised(const StepTable& table, std::span<const std::string> arguments) {
  std::vector<std::string> items;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& item = arguments[i];
    if (item.rfind("--", 0) != 0) {
      throw usage("unexpected argument '" + base::printable(item, 200) +
                  "'; every value belongs to an option, as in --name value");
    }
    const auto equals = item.find('=');
    const std::string name = item.substr(2, equals == std::string::npos ? equals : equals - 2);
    const OptionRow* row = find_option(table, name);
    if (row == nullptr) {
      const std::string given = "--" + name;
      throw usage("unknown option '" + base::printable(given, 200) + "'" +
                  base::did_you_mean_hint(given, option_names(table)));
    }
    items.push_back("--" + name);
    if (equals != std::string::npos) {
      items.push_back(item.substr(equals + 1));
    } else if (row->kind == ValueKind::boolean) {
      const bool has_value =
          i + 1 < arguments.size() &&
          (arguments[i + 1].empty() || arguments[i + 1] == "true" || arguments[i + 1] == "false");
      items.push_back(has_value ? arguments[++i] : "true");
    } else if (i + 1 < arguments.size()) {
      items.push_back(arguments[++i]);
    } else {
      throw usage("option '--" + name + "' needs a value (" + row->value_name + ")");
    }
  }
  return items;
}

std::string expanded(const std::string& name, const std::string& value) {
  if (value.rfind("@@", 0) == 0) return value.substr(1);
  if (value.rfind('@', 0) != 0) return value;
  try {
    std::string content = base::read_file(value.substr(1));
    if (!content.empty() && content.back() == '\n') content.pop_back();
    return content;
  } catch (const Error& error) {
    throw usage("option '--" + name + "': " + error.message() +
                " (a value that starts with @ names a file; write @@ for a literal @)");
  }
}

po::options_description describe(const StepTable& table) {
  po::options_description description;
  for (const auto* row : all_options(table)) {
    description.add_options()(row->name.c_str(), po::value<std::vector<std::string>>()->composing(), "");
  }
  return description;
}

void check_required_and_single(const StepTable& table, const Arguments& arguments) {
  for (const auto* row : all_options(table)) {
    const auto found = arguments.values.find(row->name);
    if (found == arguments.values.end()) {
      if (row->presence == Presence::required) {
        throw usage("option '--" + row->name + "' is required (" + row->value_name + ": " + row->help + ")");
      }
    } else if (row->kind != ValueKind::list && found->second.size() > 1) {
      throw usage("option '--" + row->name + "' was given " + std::to_string(found->second.size()) +
                  " times; it takes one value");
    }
  }
}

}  // namespace

std::string Arguments::last(const std::string& name, const std::string& fallback) const {
  const auto found = values.find(name);
  return found == values.end() ? fallback : found->second.back();
}

Arguments parse_arguments(const StepTable& table, std::span<const std::string> arguments) {
  const auto dashes = std::find(arguments.begin(), arguments.end(), "--");
  const bool has_command = dashes != arguments.end() && table.traits.takes_command;
  const auto own =
      has_command ? arguments.first(static_cast<std::size_t>(dashes - arguments.begin())) : arguments;
  const auto items = normalised(table, own);

  po::variables_map parsed;
  try {
    using po::command_line_style::style_t;
    const auto description = describe(table);
    po::store(po::command_line_parser(items)
                  .options(description)
                  .style(style_t::allow_long | style_t::long_allow_next)
                  .run(),
              parsed);
  } catch (const po::error& error) {
    throw usage(error.what());
  }

  Arguments result;
  for (const auto& [name, value] : parsed) {
    for (const auto& text : value.as<std::vector<std::string>>()) {
      auto meant = expanded(name, text);
      if (!meant.empty()) result.values[name].push_back(std::move(meant));
    }
  }
  if (has_command) {
    if (result.has("command")) throw usage("the command was given twice: by --command and after --");
    result.command.assign(dashes + 1, arguments.end());
    if (result.command.empty()) throw usage("nothing follows --; expected a command");
  }
  check_required_and_single(table, result);
  return result;
}

}  // namespace cli
