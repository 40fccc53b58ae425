// MlflowLock: one writer at a time on a registered model, made of its tags.
//
// MLflow has no compare and swap. A writer announces itself with a tag of its own ("mlsteps.lock.ID"), then
// reads all of them: if there is another one that is not out of date, it takes its own back and tries again.
// Each writes before it reads, so of two at once at least one sees the other. An announcement is good for a
// lease of half a minute, after which a writer that died holds nothing up.
//
// Errors: Error{precondition} when another one holds it all the time.
#pragma once

#include <chrono>
#include <string>

#include "model_registry/mlflow_api.hpp"
#include "model_registry/model_registry.hpp"

namespace model_registry {

class MlflowLock : public Lock {
 public:
  // The model must be there.
  MlflowLock(MlflowApi& api, std::string name);
  ~MlflowLock() override;

  // Error{precondition} when the lease is over: another writer may be at work.
  void check() const;

 private:
  bool announce();
  void withdraw(const std::string& tag);
  bool is_alone();

  MlflowApi& api_;
  std::string name_;
  std::string tag_;
  std::chrono::steady_clock::time_point lease_end_;
};

}  // namespace model_registry
