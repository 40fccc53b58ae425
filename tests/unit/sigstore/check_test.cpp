#include "sigstore/check.hpp"

#include "support/catch.hpp"

using sigstore::Check;

TEST_CASE("the table lists every check under its number") {
  int expected = 1;
  for (const auto& row : sigstore::check_table) {
    CHECK(sigstore::number(row.check) == expected++);
    CHECK(&sigstore::row_of(row.check) == &row);
    CHECK_FALSE(row.title.empty());
    CHECK(row.sentence.back() == '.');
  }
  CHECK(sigstore::number(Check::model_files) == static_cast<int>(sigstore::check_table.size()));
}

TEST_CASE("a refusal names its check") {
  const sigstore::Refusal refusal{"model.sig", Check::subject, "expected a, found b"};
  CHECK(refusal.text() == "check 14 (subject): expected a, found b");
}
