#include "preprocess-runner/command.hpp"

#include <unistd.h>

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/process.hpp"
#include "base/text.hpp"
#include "preprocess-runner/plan.hpp"

namespace preprocess_runner {
namespace {

namespace fs = std::filesystem;

std::string braced(const std::string& name) {
  return "{" + name + "}";
}

// The names in a word's {input.…} and {output.…}.
std::vector<std::string> placeholders_in(const std::string& word) {
  std::vector<std::string> names;
  for (auto start = word.find('{'); start != std::string::npos; start = word.find('{', start + 1)) {
    const auto end = word.find('}', start);
    if (end == std::string::npos) break;
    auto name = word.substr(start + 1, end - start - 1);
    if (name.rfind("input.", 0) == 0 || name.rfind("output.", 0) == 0) names.push_back(std::move(name));
  }
  return names;
}

// Ours is for machines, so what the command prints goes to stderr, from both of its streams.
void pass_on(std::string_view line) {
  auto text = std::string(line) + "\n";
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto count = ::write(STDERR_FILENO, rest.data(), rest.size());
    if (count < 0) return;  // nobody reads; the command goes on
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
}

}  // namespace

void check_placeholders(const Plan& plan) {
  std::map<std::string, bool> used;
  for (const auto& input : plan.inputs) used["input." + input.name] = false;
  for (const auto& output : plan.outputs) used["output." + output.name] = false;
  std::vector<std::string> known;
  known.reserve(used.size());
  for (const auto& [name, unused] : used) known.push_back(name);
  for (const auto& word : plan.command) {
    for (const auto& name : placeholders_in(word)) {
      const auto found = used.find(name);
      if (found == used.end()) {
        throw base::Error(base::ErrorKind::usage, "the command names " + base::printable(braced(name), 100) +
                                                      ", which is not declared" +
                                                      base::did_you_mean_hint(name, known));
      }
      found->second = true;
    }
  }
  for (const auto& output : plan.outputs) {
    const auto name = "output." + output.name;
    if (!used[name]) {
      throw base::Error(base::ErrorKind::usage, "the command does not name " + braced(name) +
                                                    "; write it where the output's path belongs");
    }
  }
}

std::vector<std::string> filled_in(const std::vector<std::string>& command,
                                   const std::map<std::string, fs::path>& placeholders) {
  std::vector<std::string> words;
  for (auto word : command) {
    for (const auto& name : placeholders_in(word))
      word = base::replace_all(std::move(word), braced(name), placeholders.at(name).string());
    words.push_back(std::move(word));
  }
  return words;
}

std::vector<fs::path> files_in_command(const std::vector<std::string>& command) {
  std::vector<fs::path> files;
  for (std::size_t i = 0; i < command.size(); ++i) {
    // A program without a slash is looked up in PATH; it belongs to the image.
    if (i == 0 && command[i].find('/') == std::string::npos) continue;
    std::error_code code;
    if (fs::is_regular_file(command[i], code)) files.emplace_back(command[i]);
  }
  return files;
}

int run_command(const std::vector<std::string>& command) {
  base::Supervision supervision;
  supervision.on_line = [](base::Stream, std::string_view line) { pass_on(line); };
  const auto completion = base::run({.argv = command}, supervision);
  return completion.exit_code;
}

}  // namespace preprocess_runner
