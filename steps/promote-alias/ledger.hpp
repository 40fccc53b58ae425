// Ledger: the moves of one model, in a directory.
//
//   MODEL.jsonl          one record a line, each naming the digest of the one before
//   MODEL.pending.json   the record of a move that is being made
//   MODEL.lock           held while one is made
//
// A move first writes its record as pending, then changes the registry, then appends the record. Whoever
// comes next finds a pending record when that was interrupted, and finishes it or forgets it.
//
// Errors: base/files.hpp errors. That the chain is broken is an answer.   Threads: one.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/files.hpp"
#include "model_registry/journal.hpp"
#include "promote-alias/record.hpp"

namespace promote_alias {

struct Chain {
  std::vector<Record> records;
  std::vector<base::Digest> ids;      // of the records
  std::optional<std::string> broken;  // where and how; records then ends before that place

  const Record* last() const { return records.empty() ? nullptr : &records.back(); }
  // What each alias names after all moves; an alias that names nothing any more is there without a version.
  std::map<std::string, std::optional<std::int64_t>> aliases() const;
};

class Ledger {
 public:
  Ledger(const std::filesystem::path& directory, const std::string& model);

  const std::filesystem::path& file() const { return journal_.file(); }
  base::FileLock lock() const;
  Chain read() const;
  void append(const std::string& line);

  std::optional<std::string> pending() const;
  void set_pending(const std::string& line);
  void clear_pending();

 private:
  model_registry::Journal journal_;
  std::filesystem::path pending_;
  std::filesystem::path lock_;
};

}  // namespace promote_alias
