#include "model_registry/local_model.hpp"
#include "base/error.hpp"
#include "support/catch.hpp"
#include "support/error_message.hpp"

using model_registry::LocalVersion;
using model_registry::replay;

namespace {

std::string version_line(std::int64_t number, const std::string& key) {
  LocalVersion version;
  version.version.name = "m";
  version.version.version = number;
  version.version.tags = {{"a", "b"}};
  version.key = key;
  version.files = {
      {.path = "x", .size = 3, .executable = true, .digest = base::Digest::sha256(std::string(64, 'a'))}};
  version.artifacts = base::Digest::sha256(std::string(64, 'b'));
  version.attachments.emplace("r.json", base::Digest::sha256(std::string(64, 'c')));
  return model_registry::registered_line(version);
}

}  // namespace

TEST_CASE("the state is what the lines say, one after the other") {
  const auto model =
      replay("m",
             {version_line(1, "k1"), version_line(2, "k2"), model_registry::alias_set_line("champion", 1),
              model_registry::alias_set_line("champion", 2), model_registry::alias_set_line("shadow", 1),
              model_registry::alias_deleted_line("shadow"), model_registry::tagged_line(1, "a", "c")},
             "ledger");
  CHECK(model.versions.size() == 2);
  CHECK(model.aliases == std::map<std::string, std::int64_t>{{"champion", 2}});
  CHECK(model.find(2)->version.aliases == std::vector<std::string>{"champion"});
  CHECK(model.find(1)->version.tags.at("a") == "c");
  CHECK(model.find(1)->files.front().executable);
  CHECK(model.find(1)->attachments.size() == 1);
  CHECK(model.with_key("k2")->version.version == 2);
  CHECK(model.with_key("k3") == nullptr);
  CHECK(model.next_number() == 3);
}

TEST_CASE("a line that does not fit is an error with its place") {
  const auto refuse = [](const std::vector<std::string>& lines, const std::string& part) {
    CHECK(contains(error_message([&] { replay("m", lines, "ledger.jsonl"); }), part));
  };
  refuse({"{}"}, "ledger.jsonl:1");
  refuse({version_line(2, "k")}, "version 2 where 1 was expected");
  refuse({version_line(1, "k"), version_line(1, "k")}, "ledger.jsonl:2");
  refuse({version_line(1, "k"), model_registry::alias_set_line("champion", 7)}, "there is no version 7");
  refuse({R"({"schema_version":2,"kind":"tagged"})"}, "schema 1");
  refuse({R"({"schema_version":1,"kind":"forgotten"})"}, "unknown kind");
  refuse({"not json"}, "ledger.jsonl:1");
}
