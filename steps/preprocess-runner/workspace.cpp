#include "preprocess-runner/workspace.hpp"

#include "base/error.hpp"

namespace preprocess_runner {

Workspace::Workspace(const std::vector<Output>& outputs) {
  for (const auto& output : outputs) {
    auto directory = std::make_unique<base::StagedDirectory>(output.path);
    // Absolute: a command may change its directory.
    auto path = std::filesystem::absolute(directory->path() / output.path.filename());
    staged_[output.name] = {std::move(directory), std::move(path), output.path};
  }
}

const std::filesystem::path& Workspace::current(const std::string& name) const {
  const auto& staged = staged_.at(name);
  return staged.keep ? staged.target : staged.path;
}

void Workspace::start_over() {
  for (auto& [name, staged] : staged_) {
    staged.keep = false;
    std::filesystem::remove_all(staged.path);
  }
}

void Workspace::publish() {
  for (auto& [name, staged] : staged_) {
    if (!staged.keep) base::publish(staged.path, staged.target);
    staged.keep = true;
  }
}

}  // namespace preprocess_runner
