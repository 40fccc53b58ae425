// The command of command mode: its placeholders, the files that it names, and its run.
//
// Errors: Error{usage} for a placeholder that names nothing, Error{workload} when the command fails.
// Threads: main thread.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace preprocess_runner {

struct Plan;

// Every {input.NAME} and {output.NAME} must exist, and every output must be named.
void check_placeholders(const Plan& plan);
// Other braces stay as they are.
std::vector<std::string> filled_in(const std::vector<std::string>& command,
                                   const std::map<std::string, std::filesystem::path>& placeholders);
// The words of the command that are regular files.
std::vector<std::filesystem::path> files_in_command(const std::vector<std::string>& command);

// Runs the command; its output goes to stderr as it comes. Returns its exit code.
int run_command(const std::vector<std::string>& command);

}  // namespace preprocess_runner
