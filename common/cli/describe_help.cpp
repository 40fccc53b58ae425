// --help: man-page order, 80 columns.
#include "base/text.hpp"
#include "cli/describe.hpp"
#include "cli/exit_code.hpp"

namespace cli {
namespace {

constexpr std::size_t width = 80;

// `text` broken at spaces into lines of at most `width`, each with `indent` spaces in front. A word longer
// than a line stands alone on its own.
std::string wrapped(const std::string& text, std::size_t indent) {
  std::string out;
  for (const auto& paragraph : base::split(text, '\n')) {
    std::string line(indent, ' ');
    bool empty = true;
    for (const auto& word : base::split(paragraph, ' ')) {
      if (!empty && line.size() + 1 + word.size() > width) {
        out += line + "\n";
        line = std::string(indent, ' ');
        empty = true;
      }
      line += (empty ? "" : " ") + word;
      empty = false;
    }
    out += std::string(base::trim(line)).empty() ? "\n" : line + "\n";
  }
  return out;
}

// A command of an example, folded as a person would: before an option, with a backslash.
std::string folded(std::string line) {
  constexpr std::size_t indent = 8;
  std::string out;
  while (line.size() + indent > width) {
    const auto option = line.rfind(" --", width - indent - 2);
    const auto at =
        option == std::string::npos || option < indent ? line.rfind(' ', width - indent - 2) : option;
    if (at == std::string::npos || at < indent) break;
    out += std::string(indent, ' ') + line.substr(0, at) + " \\\n";
    line = "  " + line.substr(at + 1);
  }
  return out + std::string(indent, ' ') + line + "\n";
}

std::string signature(const OptionRow& row) {
  return "--" + row.name + (row.value_name.empty() ? "" : " " + row.value_name);
}

// What stands behind the help sentence: required, repeatable, choices and default.
std::string remarks(const OptionRow& row) {
  std::string text;
  if (!row.choices.empty()) text += " One of " + base::join(row.choices, ", ") + ".";
  if (row.presence == Presence::required) text += " Required.";
  if (row.kind == ValueKind::list && row.help.find("repeat") == std::string::npos)
    text += " May be repeated.";
  if (row.presence == Presence::defaulted && row.kind != ValueKind::boolean)
    text += " Default: " + row.default_text + ".";
  return text;
}

std::string synopsis(const StepTable& table) {
  std::string text = table.name;
  for (const auto* row : all_options(table)) {
    if (row->presence == Presence::required) text += " " + signature(*row);
  }
  text += " [OPTION]...";
  if (table.traits.takes_command) text += " [-- COMMAND [ARGUMENT]...]";
  return text;
}

std::string section(const std::string& title, const std::string& body) {
  return title + "\n" + body + "\n";
}

std::string options(const OptionSection& rows) {
  std::string body = "  " + rows.title + "\n";
  for (const auto& row : rows.options) {
    body += "    " + signature(row) + "\n" + wrapped(row.help + remarks(row), 8);
  }
  return body;
}

}  // namespace

std::string help_text(const StepTable& table) {
  std::string text = section("NAME", wrapped(table.name + " - " + table.summary, 4));
  text += section("SYNOPSIS", wrapped(synopsis(table), 4));
  if (!table.description.empty()) text += section("DESCRIPTION", wrapped(table.description, 4));
  std::string body;
  for (const auto& rows : table.sections) body += options(rows) + "\n";
  text += section("OPTIONS", body + options(standard_options()));
  std::string results;
  for (const auto& row : table.results) results += "    " + row.name + "\n" + wrapped(row.help, 8);
  if (!results.empty()) text += section("RESULTS", results);
  std::string codes;
  for (const auto& each : exit_code_meanings()) {
    codes += "    " + std::to_string(static_cast<int>(each.code)) + "  " + std::string(each.name) + "\n" +
             wrapped(std::string(each.meaning) + ".", 8);
  }
  text += section("EXIT STATUS", codes);
  std::string examples;
  for (const auto& example : table.examples) {
    examples += wrapped(example.title, 4);
    for (const auto& line : base::split(example.command, '\n')) examples += folded(line);
  }
  if (!examples.empty()) text += section("EXAMPLES", examples);
  text.pop_back();
  return text;
}

}  // namespace cli
