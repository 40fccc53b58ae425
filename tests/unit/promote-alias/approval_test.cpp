#include "promote-alias/approval.hpp"

#include "base/files.hpp"
#include "support/catch.hpp"
#include "support/error_message.hpp"

using promote_alias::ApprovalFile;
using promote_alias::read_approval;
using promote_alias::refusal_of;

namespace {

const std::string digest = "sha256:" + std::string(64, 'a');
const auto now = base::parse_rfc3339("2026-01-01T00:00:00Z");

promote_alias::Record move() {
  promote_alias::Record record;
  record.model = "m";
  record.version = 3;
  record.model_digest = digest;
  record.to = "champion";
  record.actor = "alice";
  return record;
}

ApprovalFile approval() {
  return {"approval.yaml", "bob", "m", 3, digest, "champion", base::parse_rfc3339("2026-01-02T00:00:00Z")};
}

std::string read(const std::string& text) {
  const base::TemporaryDirectory directory;
  base::write_file(directory.path() / "a.yaml", text);
  return error_message([&] { read_approval(directory.path() / "a.yaml"); });
}

}  // namespace

TEST_CASE("an approval is for one move of one version of one digest, until it expires") {
  CHECK_FALSE(refusal_of(approval(), move(), now));
  auto other = approval();
  other.version = 4;
  CHECK(refusal_of(other, move(), now) == "it is for version 4, not 3");
  other = approval();
  other.model_digest = "sha256:" + std::string(64, 'b');
  CHECK(refusal_of(other, move(), now));
  other = approval();
  other.to = "shadow";
  CHECK(refusal_of(other, move(), now));
  CHECK(refusal_of(approval(), move(), base::parse_rfc3339("2026-01-02T00:00:00Z"))->find("it expired") == 0);
}

TEST_CASE("what is no approval is refused with its place") {
  const std::string good =
      "approver: bob\nmodel: m\nversion: 3\nmodel_digest: " + digest + "\nto: champion\n";
  CHECK(read(good + "expires: 2026-01-02T00:00:00Z\n") == "no error");
  CHECK(contains(read(good), "expires"));
  CHECK(contains(read(good + "expires: tomorrow\n"), "a.yaml:6:"));
  CHECK(contains(read(good + "expires: 2026-01-02T00:00:00Z\napprove: all\n"), "a.yaml:7:"));
  CHECK(contains(
      read(
          "approver: ''\nmodel: m\nversion: 3\nmodel_digest: d\nto: champion\nexpires: 2026-01-02T00:00:00Z"),
      "expected who approves"));
  CHECK(contains(read("- a\n"), "a.yaml:1:"));
}
