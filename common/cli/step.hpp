// Step: what an executable does, declared once.
//
//   struct Config {
//     cli::Required<oci::Reference> image;      // must be given
//     int retries = 3;                          // has a default: the initialiser
//     std::optional<std::string> platform;      // may be absent
//     std::vector<std::string> layers;          // may be repeated; also one value a line
//   };
//   const cli::Step<Config> step{
//       .name = "resolve-digest",
//       .summary = "Resolve an image reference to its digest.",
//       .sections = {{"Image", {cli::option("image", &Config::image, "REF", "Image to resolve.")}}},
//       .results = {{"IMAGE_DIGEST", "The digest, as sha256:<hex>."}},
//   };
//   cli::Answer run(const Config& config, cli::Context& context);
//   int main(int argc, char** argv) { return cli::run_step(step, run, argc, argv); }
//
// The member's type decides whether an option is required, defaulted, optional or a list, and how it is
// parsed.
//
// Errors: see run_step.   Threads: main thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/table.hpp"
#include "cli/value.hpp"

namespace cli {

template <class Config>
struct Option {
  OptionRow row;
  // Sets the member from the values that were given (never called without any). A list takes one value a
  // line.
  std::function<void(Config&, const std::vector<std::string>&)> set;
};

template <class Config>
struct Section {
  std::string title;
  std::vector<Option<Config>> options;
};

template <class Config>
struct Step {
  std::string name;
  std::string summary;
  std::string description;
  std::vector<Section<Config>> sections;
  std::vector<ResultRow> results;
  std::vector<ExampleRow> examples;
  Traits traits;
};

namespace detail {

template <class T>
struct Member {
  using Value = T;
  static constexpr Presence presence = Presence::defaulted;
  static constexpr bool list = false;
};
template <class T>
struct Member<Required<T>> {
  using Value = T;
  static constexpr Presence presence = Presence::required;
  static constexpr bool list = false;
};
template <class T>
struct Member<std::optional<T>> {
  using Value = T;
  static constexpr Presence presence = Presence::optional;
  static constexpr bool list = false;
};
template <class T>
struct Member<std::vector<T>> {
  using Value = T;
  static constexpr Presence presence = Presence::optional;
  static constexpr bool list = true;
};

// One value a line, empty lines left out.
std::vector<std::string> list_values(const std::vector<std::string>& given);

}  // namespace detail

template <class Config, class T>
Option<Config> option(const std::string& name, T Config::*member, const std::string& value_name,
                      const std::string& help) {
  using Member = detail::Member<T>;
  using Value = typename Member::Value;
  Option<Config> made;
  made.row = {.name = name,
              .value_name = value_name,
              .help = help,
              .kind = Member::list ? ValueKind::list : kind_of<Value>(),
              .presence = Member::presence,
              .choices = choices_of<Value>()};
  if constexpr (Member::presence == Presence::defaulted) {
    made.row.default_text = text_of<Value>(Config{}.*member);
    // An empty default is no default: the engines pass it and it means "not given".
    if (made.row.default_text.empty()) made.row.presence = Presence::optional;
  }
  made.set = [member](Config& config, const std::vector<std::string>& values) {
    if constexpr (Member::list) {
      for (const auto& value : detail::list_values(values))
        (config.*member).push_back(value_from<Value>(value));
    } else {
      config.*member = value_from<Value>(values.back());
    }
  };
  return made;
}

template <class Config>
StepTable table_of(const Step<Config>& step) {
  StepTable table{step.name, step.summary, step.description, {}, step.results, step.examples, step.traits};
  for (const auto& section : step.sections) {
    OptionSection rows{section.title, {}};
    for (const auto& each : section.options) rows.options.push_back(each.row);
    table.sections.push_back(std::move(rows));
  }
  return table;
}

}  // namespace cli
