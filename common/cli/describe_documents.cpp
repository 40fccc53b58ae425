// The forms for documents and shells: Markdown, man, JSON, bash completion.
#include "base/json.hpp"
#include "base/text.hpp"
#include "cli/describe.hpp"
#include "cli/exit_code.hpp"

namespace cli {
namespace {

std::string presence_text(const OptionRow& row) {
  switch (row.presence) {
    case Presence::required:
      return "required";
    case Presence::defaulted:
      return row.default_text;
    case Presence::optional:
      return "";
  }
  return "";
}

std::string kind_text(ValueKind kind) {
  switch (kind) {
    case ValueKind::string:
      return "string";
    case ValueKind::integer:
      return "integer";
    case ValueKind::number:
      return "number";
    case ValueKind::boolean:
      return "boolean";
    case ValueKind::list:
      return "list";
  }
  return "string";
}

// A cell of a Markdown table.
std::string cell(std::string_view text) {
  return base::replace_all(base::replace_all(std::string(text), "|", "\\|"), "\n", " ");
}

std::string code(const std::string& text) {
  return text.empty() ? "" : "`" + cell(text) + "`";
}

base::OrderedJson option_json(const OptionRow& row) {
  base::OrderedJson json{{"name", row.name},
                         {"value", row.value_name},
                         {"help", row.help},
                         {"kind", kind_text(row.kind)},
                         {"required", row.presence == Presence::required}};
  if (row.presence == Presence::defaulted) json["default"] = row.default_text;
  if (!row.choices.empty()) json["choices"] = row.choices;
  return json;
}

// Text in roff: a backslash is an escape, and a dot or quote at the start of a line a request.
std::string roff(const std::string& text) {
  std::string out;
  for (auto line : base::split(base::replace_all(text, "\\", "\\e"), '\n')) {
    if (!line.empty() && (line.front() == '.' || line.front() == '\'')) line = "\\&" + line;
    out += base::replace_all(line, "-", "\\-") + "\n";
  }
  return out;
}

}  // namespace

std::string describe_markdown(const StepTable& table) {
  std::string text = "| option | value | default | meaning |\n|---|---|---|---|\n";
  for (const auto& section : table.sections) {
    text += "| **" + section.title + "** | | | |\n";
    for (const auto& row : section.options) {
      const auto choices = row.choices.empty() ? "" : " One of " + base::join(row.choices, ", ") + ".";
      const bool says_so = row.help.find("repeat") != std::string::npos;
      const auto many = row.kind == ValueKind::list && !says_so ? " May be repeated." : "";
      const auto fallback = row.presence == Presence::required ? "required" : code(presence_text(row));
      text += "| `--" + row.name + "` | " + code(row.value_name) + " | " + fallback + " | " +
              cell(row.help + choices + many) + " |\n";
    }
  }
  text += "\n| result | meaning |\n|---|---|\n";
  for (const auto& row : table.results) text += "| `" + row.name + "` | " + cell(row.help) + " |\n";
  return text;
}

std::string describe_json(const StepTable& table) {
  base::OrderedJson json{
      {"name", table.name}, {"summary", table.summary}, {"description", table.description}};
  auto sections = base::OrderedJson::array();
  const auto add = [&](const OptionSection& section) {
    auto options = base::OrderedJson::array();
    for (const auto& row : section.options) options.push_back(option_json(row));
    sections.push_back({{"title", section.title}, {"options", options}});
  };
  for (const auto& section : table.sections) add(section);
  add(standard_options());
  json["sections"] = sections;
  auto results = base::OrderedJson::array();
  for (const auto& row : table.results) results.push_back({{"name", row.name}, {"help", row.help}});
  json["results"] = results;
  auto codes = base::OrderedJson::array();
  for (const auto& each : exit_code_meanings()) {
    codes.push_back({{"code", static_cast<int>(each.code)}, {"name", each.name}, {"meaning", each.meaning}});
  }
  json["exit_codes"] = codes;
  json["traits"] = {{"side_effects", table.traits.side_effects},
                    {"gate", table.traits.gate},
                    {"takes_command", table.traits.takes_command},
                    {"uses_registry", table.traits.uses_registry}};
  return json.dump(2) + "\n";
}

std::string describe_man(const StepTable& table) {
  std::string text = ".TH " + table.name + " 1 \"\" \"mlsteps " MLSTEPS_VERSION "\" \"mlsteps\"\n";
  text += ".SH NAME\n" + roff(table.name + " - " + table.summary);
  text += ".SH SYNOPSIS\n.B " + roff(table.name) + "[\\fIOPTION\\fR]...\n";
  if (!table.description.empty()) {
    text += ".SH DESCRIPTION\n" + base::replace_all(roff(table.description), "\n\n", "\n.PP\n");
  }
  text += ".SH OPTIONS\n";
  auto sections = table.sections;
  sections.push_back(standard_options());
  for (const auto& section : sections) {
    text += ".SS " + roff(section.title);
    for (const auto& row : section.options) {
      const auto choices = row.choices.empty() ? "" : " One of " + base::join(row.choices, ", ") + ".";
      const auto fallback = row.presence == Presence::defaulted  ? " Default: " + row.default_text + "."
                            : row.presence == Presence::required ? " Required."
                                                                 : "";
      const auto name = base::replace_all("--" + row.name, "-", "\\-");
      text += ".TP\n\\fB" + name + "\\fR" +
              (row.value_name.empty() ? "" : " \\fI" + row.value_name + "\\fR") + "\n" +
              roff(row.help + choices + fallback);
    }
  }
  text += ".SH RESULTS\n";
  for (const auto& row : table.results) text += ".TP\n.B " + roff(row.name) + roff(row.help);
  text += ".SH EXIT STATUS\n";
  for (const auto& each : exit_code_meanings()) {
    text += ".TP\n.B " + std::to_string(static_cast<int>(each.code)) + "\n" +
            roff(std::string(each.name) + ": " + std::string(each.meaning) + ".");
  }
  text += ".SH EXAMPLES\n";
  for (const auto& example : table.examples) {
    text += roff(example.title) + ".PP\n.nf\n.RS\n" + roff(example.command) + ".RE\n.fi\n.PP\n";
  }
  return text;
}

std::string describe_completion(const StepTable& table) {
  const auto function = "_" + base::replace_all(table.name, "-", "_");
  std::vector<std::string> names;
  std::string cases;
  for (const auto* row : all_options(table)) {
    names.push_back("--" + row->name);
    if (!row->choices.empty()) {
      cases += "    --" + row->name + ") mapfile -t COMPREPLY < <(compgen -W '" +
               base::join(row->choices, " ") + "' -- \"$word\"); return ;;\n";
    } else if (row->kind != ValueKind::boolean) {
      cases += "    --" + row->name + ") mapfile -t COMPREPLY < <(compgen -f -- \"$word\"); return ;;\n";
    }
  }
  return "# bash completion for " + table.name +
         ": source this file, or put it into /etc/bash_completion.d.\n" + function +
         "() {\n  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}\n" +
         "  case \"$previous\" in\n" + cases + "  esac\n  mapfile -t COMPREPLY < <(compgen -W '" +
         base::join(names, " ") + "' -- \"$word\")\n}\ncomplete -F " + function + " " + table.name + "\n";
}

}  // namespace cli
