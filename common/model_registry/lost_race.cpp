#include "model_registry/lost_race.hpp"

namespace model_registry {
namespace {

std::string named(std::optional<std::int64_t> version) {
  return version ? "version " + std::to_string(*version) : "no version";
}

}  // namespace

base::Error lost_race(const std::string& name, const std::string& alias, std::optional<std::int64_t> found,
                      std::optional<std::int64_t> expected) {
  return base::Error(base::ErrorKind::precondition, "lost a race for alias '" + alias + "' of model '" +
                                                        name + "': it names " + named(found) + ", expected " +
                                                        named(expected) + "; look at it and run again");
}

}  // namespace model_registry
