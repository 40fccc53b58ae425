#include "sigstore/check.hpp"

namespace sigstore {

const CheckRow& row_of(Check check) {
  return check_table.at(static_cast<std::size_t>(number(check) - 1));
}

std::string Refusal::text() const {
  return "check " + std::to_string(number(check)) + " (" + std::string(row_of(check).title) + "): " + detail;
}

}  // namespace sigstore
