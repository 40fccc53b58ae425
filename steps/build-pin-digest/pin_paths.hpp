// The files that --pin names.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace build_pin_digest {

// Files as they stand, every *.yaml and *.yml under directories (hidden ones aside, links to directories not
// followed), and what globs match; each file once, sorted. Error{precondition} for a path that names nothing.
std::vector<std::filesystem::path> manifest_files(const std::vector<std::string>& paths);

}  // namespace build_pin_digest
