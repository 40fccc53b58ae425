#include "promote-alias/ledger.hpp"

#include "base/files.hpp"
#include "support/catch.hpp"
#include "support/error_message.hpp"

using promote_alias::Chain;
using promote_alias::Ledger;
using promote_alias::Record;

namespace {

Record record(std::int64_t sequence, std::optional<base::Digest> previous) {
  Record made;
  made.sequence = sequence;
  made.previous = previous;
  made.time = "2026-01-01T00:00:00Z";
  made.actor = "alice";
  made.registry = "file:///r";
  made.model = "m";
  made.version = sequence;
  made.from = "challenger";
  made.to = "champion";
  if (sequence > 1) made.replaced = sequence - 1;
  made.aliases = {{"champion", made.replaced, sequence}, {"challenger", sequence, std::nullopt}};
  made.states = {{sequence, "challenger", "champion"}};
  return made;
}

// A ledger of `count` records in `directory`.
Ledger filled(const base::TemporaryDirectory& directory, std::int64_t count) {
  Ledger ledger(directory.path(), "m");
  std::optional<base::Digest> previous;
  for (std::int64_t i = 1; i <= count; ++i) {
    const auto line = promote_alias::to_line(record(i, previous));
    ledger.append(line);
    previous = promote_alias::id_of(line);
  }
  return ledger;
}

}  // namespace

TEST_CASE("a record comes back as it was written") {
  const auto line = promote_alias::to_line(record(2, base::Digest::sha256(std::string(64, 'a'))));
  const auto read = promote_alias::parse_record(line, "here");
  CHECK(promote_alias::to_line(read) == line);
  CHECK(read.replaced == 1);
  CHECK_FALSE(read.expected);
  CHECK(read.aliases[1].to == std::nullopt);
}

TEST_CASE("what is no record is refused") {
  for (const auto* line : {"", "{}", "[]", R"({"schema_version":2})"}) {
    CHECK_THROWS_AS(promote_alias::parse_record(line, "here"), base::Error);
  }
  auto line = promote_alias::to_line(record(1, std::nullopt));
  line.replace(line.find("promote"), 7, "destroy");
  CHECK(contains(error_message([&] { promote_alias::parse_record(line, "here"); }),
                 "expected promote or rollback"));
}

TEST_CASE("a chain is whole, and says what each alias names") {
  const base::TemporaryDirectory directory;
  const auto chain = filled(directory, 3).read();
  CHECK_FALSE(chain.broken);
  CHECK(chain.records.size() == 3);
  CHECK(chain.aliases().at("champion") == 3);
  CHECK(chain.aliases().at("challenger") == std::nullopt);
  CHECK(Ledger(directory.path(), "other").read().records.empty());
}

TEST_CASE("every byte of every record is under the chain") {
  const base::TemporaryDirectory directory;
  const auto ledger = filled(directory, 2);
  const auto whole = base::read_file(ledger.file());
  // The last record has none after it that names its digest: there, only what is no record any more is found.
  const auto first_line = whole.find('\n');
  for (std::size_t i = 0; i <= first_line; ++i) {
    auto changed = whole;
    changed[i] = changed[i] == 'x' ? 'y' : 'x';
    base::write_file(ledger.file(), changed);
    INFO(i);
    CHECK(ledger.read().broken);
  }
}

TEST_CASE("a pending record is there until it is cleared") {
  const base::TemporaryDirectory directory;
  Ledger ledger(directory.path(), "m");
  CHECK_FALSE(ledger.pending());
  ledger.set_pending("line");
  CHECK(ledger.pending() == "line");
  ledger.clear_pending();
  ledger.clear_pending();
  CHECK_FALSE(ledger.pending());
}
