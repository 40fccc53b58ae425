#include "model_registry/journal.hpp"
#include "base/files.hpp"
#include "support/catch.hpp"

using model_registry::Journal;

TEST_CASE("lines come back in the order in which they were appended") {
  const base::TemporaryDirectory directory;
  Journal journal(directory.path() / "deep" / "journal.jsonl");
  CHECK(journal.lines().empty());
  journal.append("one");
  journal.append("two");
  CHECK(journal.lines() == std::vector<std::string>{"one", "two"});
  CHECK(base::read_file(journal.file()) == "one\ntwo\n");
}

TEST_CASE("a line that its writer did not finish does not count and is removed by the next writer") {
  const base::TemporaryDirectory directory;
  const auto file = directory.path() / "journal.jsonl";
  base::write_file(file, "one\n{\"tor");
  Journal journal(file);
  CHECK(journal.lines() == std::vector<std::string>{"one"});
  journal.append("two");
  CHECK(base::read_file(file) == "one\ntwo\n");
}

TEST_CASE("a journal that is nothing but an unfinished line starts anew") {
  const base::TemporaryDirectory directory;
  const auto file = directory.path() / "journal.jsonl";
  base::write_file(file, "{\"tor");
  Journal journal(file);
  CHECK(journal.lines().empty());
  journal.append("one");
  CHECK(base::read_file(file) == "one\n");
}
