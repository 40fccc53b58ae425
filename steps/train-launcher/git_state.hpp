// Which commit the training code is at.
#pragma once

#include <filesystem>

#include "base/json.hpp"

namespace train_launcher {

// {"commit": HEX, "dirty": bool}, or null when `directory` is in no Git repository or git is not there to
// ask. Untracked files count as dirty: a training script may be one.
base::Json git_state(const std::filesystem::path& directory);

}  // namespace train_launcher
