// The report in its four forms. Each is a pure function of the answers.
//
// Threads: pure functions, but write_reports.
#pragma once

#include <filesystem>
#include <string>

#include "answer.hpp"
#include "base/digest.hpp"

namespace eval_gate {

// gate-report.json: what register-model and promote-alias take as evidence (schema_version 1).
std::string json_report(const Report& report);
// One test suite per kind of gate, one test case per gate, passed ones too. A warning is no failure there.
std::string junit_report(const Report& report);
// For a pull request.
std::string markdown_report(const Report& report);
// A page that stands alone, with plots.
std::string html_report(const Report& report);

// Writes gate-report.json, junit.xml, report.md and report.html; returns the digest of gate-report.json.
base::Digest write_reports(const Report& report, const std::filesystem::path& directory);

// "4 of 5 gates hold".
std::string summary(const Report& report);
// "accuracy=0.8371", or the gate's status when it has no figure.
std::string headline_text(const Report& report);

}  // namespace eval_gate
