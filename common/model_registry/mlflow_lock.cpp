#include "model_registry/mlflow_lock.hpp"

#include <random>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

namespace model_registry {
namespace {

using base::Error;
using base::ErrorKind;

constexpr std::string_view prefix = "mlsteps.lock.";
constexpr auto lease = std::chrono::seconds(30);
// Others wait this much longer than the lease, for clocks that differ.
constexpr auto grace = std::chrono::seconds(5);
constexpr auto longest_wait = std::chrono::seconds(90);

std::string new_tag() {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::random_device random;
  std::string tag(prefix);
  for (int i = 0; i < 16; ++i) tag += digits[random() % 16];
  return tag;
}

std::chrono::milliseconds short_while() {
  std::random_device random;
  return std::chrono::milliseconds(50 + random() % 300);
}

// What cannot be read as a time is not one of ours and holds nothing up.
bool is_over(const std::string& until) {
  try {
    return base::parse_rfc3339(until) + grace < base::now();
  } catch (const Error&) {
    return true;
  }
}

}  // namespace

MlflowLock::MlflowLock(MlflowApi& api, std::string name)
    : api_(api), name_(std::move(name)), tag_(new_tag()) {
  const auto give_up = std::chrono::steady_clock::now() + longest_wait;
  while (!announce()) {
    if (std::chrono::steady_clock::now() > give_up) {
      throw Error(ErrorKind::precondition,
                  "another writer holds the lock of model '" + name_ +
                      "' in the MLflow registry; wait for it to finish and run again");
    }
    base::interruptible_sleep(short_while());
  }
}

bool MlflowLock::announce() {
  lease_end_ = std::chrono::steady_clock::now() + lease;
  api_.change("POST", "/registered-models/set-tag",
              {{"name", name_}, {"key", tag_}, {"value", base::rfc3339(base::now() + lease)}}, Repeat::safe);
  if (is_alone()) return true;
  withdraw(tag_);
  return false;
}

bool MlflowLock::is_alone() {
  const auto answer = api_.get("/registered-models/get", {{"name", name_}});
  const auto& model = base::require_object(answer, "registered_model", "registered-models/get");
  if (model.find("tags") == model.end()) return false;
  bool alone = true;
  for (const auto& tag : base::require_array(model, "tags", "registered-models/get")) {
    const auto key = base::require_string(tag, "key", "registered-models/get");
    if (key == tag_ || key.compare(0, prefix.size(), prefix) != 0) continue;
    if (is_over(base::optional_string(tag, "value", "registered-models/get").value_or(""))) {
      withdraw(key);
    } else {
      alone = false;
    }
  }
  return alone;
}

void MlflowLock::withdraw(const std::string& tag) {
  api_.try_change("DELETE", "/registered-models/delete-tag", {{"name", name_}, {"key", tag}}, Repeat::safe,
                  {"RESOURCE_DOES_NOT_EXIST"});
}

void MlflowLock::check() const {
  if (std::chrono::steady_clock::now() < lease_end_) return;
  throw Error(ErrorKind::precondition,
              "the lock of model '" + name_ + "' ran out before the work was done; run again");
}

MlflowLock::~MlflowLock() {
  try {
    withdraw(tag_);
  } catch (const std::exception& failure) {
    base::log_debug(std::string("the lock stays until its lease is over: ") + failure.what());
  }
}

}  // namespace model_registry
