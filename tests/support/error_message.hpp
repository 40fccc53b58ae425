// What an action that must fail says, for comparisons that work in both versions of Catch2.
#pragma once

#include <string>

#include "base/error.hpp"

// The message of the base::Error that leaves `action`; "no error" when none does.
template <class Action>
std::string error_message(Action action) {
  try {
    action();
  } catch (const base::Error& error) {
    return error.message();
  }
  return "no error";
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}
