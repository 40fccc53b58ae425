#include "promote-alias/ledger.hpp"

#include <unistd.h>

#include <cerrno>
#include <chrono>

#include "base/error.hpp"

namespace promote_alias {
namespace {

// Why `line` cannot follow; missing when it does. `record` gets what it says.
std::optional<std::string> read_link(const std::string& line, const std::string& where, const Chain& before,
                                     Record& record) {
  try {
    record = parse_record(line, where);
  } catch (const base::Error& error) {
    return error.message();
  }
  if (to_line(record) != line) return where + ": the line is not as it was written";
  if (record.sequence != static_cast<std::int64_t>(before.records.size()) + 1) {
    return where + ": it is record " + std::to_string(record.sequence) + ", expected was record " +
           std::to_string(before.records.size() + 1);
  }
  const auto expected = before.ids.empty() ? std::nullopt : std::optional(before.ids.back());
  if (record.previous == expected) return std::nullopt;
  return where + ": it follows " + (record.previous ? record.previous->text() : "nothing") +
         ", the record before it is " + (expected ? expected->text() : "none");
}

}  // namespace

std::map<std::string, std::optional<std::int64_t>> Chain::aliases() const {
  std::map<std::string, std::optional<std::int64_t>> named;
  for (const auto& record : records) {
    for (const auto& change : record.aliases) named[change.alias] = change.to;
  }
  return named;
}

Ledger::Ledger(const std::filesystem::path& directory, const std::string& model)
    : journal_(directory / (model + ".jsonl")),
      pending_(directory / (model + ".pending.json")),
      lock_(directory / (model + ".lock")) {}

base::FileLock Ledger::lock() const {
  return base::FileLock(lock_, std::chrono::seconds(120));
}

Chain Ledger::read() const {
  Chain chain;
  const auto lines = journal_.lines();
  for (std::size_t i = 0; i < lines.size(); ++i) {
    Record record;
    const auto where = journal_.file().string() + ":" + std::to_string(i + 1);
    chain.broken = read_link(lines[i], where, chain, record);
    if (chain.broken) return chain;
    chain.records.push_back(std::move(record));
    chain.ids.push_back(id_of(lines[i]));
  }
  return chain;
}

void Ledger::append(const std::string& line) {
  journal_.append(line);
}

std::optional<std::string> Ledger::pending() const {
  return base::read_file_if_exists(pending_);
}

void Ledger::set_pending(const std::string& line) {
  base::write_file(pending_, line);
}

void Ledger::clear_pending() {
  if (::unlink(pending_.c_str()) != 0 && errno != ENOENT) {
    const int code = errno;
    throw base::system_error(code, "removing " + pending_.string());
  }
  base::sync_directory(pending_.parent_path());
}

}  // namespace promote_alias
