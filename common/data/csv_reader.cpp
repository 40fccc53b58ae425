#include "data/csv_reader.hpp"

#include <algorithm>
#include <cstring>
#include <map>

#include "base/text.hpp"

namespace data {
namespace {

constexpr std::size_t most_columns = 10'000;

std::string in_quotes(std::string_view text) {
  return "'" + base::printable(text, 100) + "'";
}

}  // namespace

CsvReader::CsvReader(std::filesystem::path path, char delimiter)
    : buffer_(std::move(path)), delimiter_(delimiter) {
  if (buffer_.pending().empty()) {
    throw base::Error(base::ErrorKind::input,
                      buffer_.path().string() + " is empty; expected a line with the names of the columns");
  }
  read_record();
  header_.assign(fields_.begin(), fields_.end());
  check_header();
}

void CsvReader::check_header() {
  if (header_.size() > most_columns) {
    throw buffer_.error(1, "the header has " + std::to_string(header_.size()) + " columns; the limit is " +
                               std::to_string(most_columns));
  }
  std::map<std::string, std::size_t> seen;
  for (std::size_t i = 0; i < header_.size(); ++i) {
    if (header_[i].empty())
      throw buffer_.error(1, "column " + std::to_string(i + 1) + " has no name in the header");
    const auto [other, fresh] = seen.emplace(base::to_lower(header_[i]), i);
    if (fresh) continue;
    const auto& first = header_[other->second];
    throw buffer_.error(1, "the header names column " + in_quotes(header_[i]) + " twice (columns " +
                               std::to_string(other->second + 1) + " and " + std::to_string(i + 1) +
                               (first == header_[i] ? ")" : "; names do not differ by case only)"));
  }
}

bool CsvReader::next() {
  while (read_record()) {
    if (header_.size() == 1 || fields_.size() != 1 || !fields_[0].empty()) {
      check_width();
      return true;
    }
    // An empty line: harmless at the end of the file, a hole anywhere else.
    const auto hole = line_;
    while (buffer_.pending().find_first_not_of("\r\n") == std::string_view::npos) {
      buffer_.consume(buffer_.pending().size());
      if (!buffer_.read_more()) return false;
    }
    throw buffer_.error(hole, "an empty line; expected " + std::to_string(header_.size()) + " fields");
  }
  return false;
}

void CsvReader::check_width() {
  if (fields_.size() == header_.size()) return;
  const auto count = std::to_string(fields_.size()) + (fields_.size() == 1 ? " field" : " fields");
  const auto expected = ", expected " + std::to_string(header_.size()) + " as in the header; ";
  const auto detail = fields_.size() < header_.size()
                          ? "nothing for column " + in_quotes(header_[fields_.size()])
                          : "the first one too many is " + in_quotes(fields_[header_.size()]);
  throw buffer_.error(line_, count + expected + detail);
}

bool CsvReader::read_record() {
  const auto size = find_record_end();
  line_ = buffer_.line();
  if (size == 0) return false;
  auto record = buffer_.pending().substr(0, size);
  check_text(buffer_, record, line_);
  if (record.ends_with('\n')) record.remove_suffix(1);
  if (record.ends_with('\r')) record.remove_suffix(1);
  char* const start = buffer_.data();
  fields_.clear();
  if (has_quotes_) {
    // Lines must be counted before unescaping moves bytes.
    buffer_.consume(size);
    split_quoted(start, record.size());
  } else {
    split_plain(record);
    buffer_.consume(size);
  }
  return true;
}

// The size of the next record with its line end; 0 at the end of the file. A line feed ends a record when the
// quotes before it are even.
std::size_t CsvReader::find_record_end() {
  has_quotes_ = false;
  bool open = false;
  std::size_t at = 0;
  while (true) {
    const auto text = buffer_.pending();
    const auto stop = text.find('\n', at);
    const auto piece = text.substr(at, stop == std::string_view::npos ? stop : stop - at);
    const auto quotes = std::count(piece.begin(), piece.end(), '"');
    if (quotes > 0) has_quotes_ = true;
    if (quotes % 2 != 0) open = !open;
    if (stop != std::string_view::npos) {
      at = stop + 1;
      if (!open) return at;
      continue;
    }
    at = text.size();
    // At the end of the file the last record needs no line feed; an open quote is found when splitting.
    if (!buffer_.read_more()) return at;
  }
}

void CsvReader::split_plain(std::string_view record) {
  while (true) {
    const auto stop = record.find(delimiter_);
    add_unquoted(record.substr(0, stop));
    if (stop == std::string_view::npos) return;
    record.remove_prefix(stop + 1);
  }
}

void CsvReader::add_unquoted(std::string_view field) {
  if (field.find('"') != std::string_view::npos) {
    throw buffer_.error(line_, place(fields_.size()) + "a quote inside the unquoted value " +
                                   in_quotes(field.substr(0, field.find('\n'))) +
                                   "; quote the whole value and double the quotes in it");
  }
  if (field.find('\r') != std::string_view::npos) {
    throw buffer_.error(line_, place(fields_.size()) +
                                   "a carriage return in the middle of a line; lines end with LF or CR LF");
  }
  fields_.push_back(field);
}

void CsvReader::split_quoted(char* record, std::size_t size) {
  std::size_t at = 0;
  while (true) {
    if (at < size && record[at] == '"') {
      at = read_quoted_field(record, size, at);
    } else {
      const auto* stop = static_cast<const char*>(std::memchr(record + at, delimiter_, size - at));
      const auto length = stop == nullptr ? size - at : static_cast<std::size_t>(stop - (record + at));
      add_unquoted({record + at, length});
      at += length;
    }
    if (at >= size) return;
    ++at;  // the delimiter; a record that ends with one has an empty last field
  }
}

// Reads the field whose opening quote stands at `at`, unescaping in place; returns where it ends.
std::size_t CsvReader::read_quoted_field(char* record, std::size_t size, std::size_t at) {
  char* const start = record + at + 1;
  char* target = start;
  for (std::size_t i = at + 1; i < size; ++i) {
    if (record[i] != '"') {
      *target++ = record[i];
    } else if (i + 1 < size && record[i + 1] == '"') {
      *target++ = record[++i];
    } else {
      if (i + 1 < size && record[i + 1] != delimiter_) {
        throw buffer_.error(line_,
                            place(fields_.size()) + "text after the closing quote of " +
                                in_quotes(std::string_view(start, static_cast<std::size_t>(target - start))) +
                                "; double every quote inside a quoted value");
      }
      fields_.emplace_back(start, static_cast<std::size_t>(target - start));
      return i + 1;
    }
  }
  const std::string_view rest(start, static_cast<std::size_t>(target - start));
  throw buffer_.error(line_, place(fields_.size()) + "the quote before " +
                                 in_quotes(rest.substr(0, std::min<std::size_t>(rest.find('\n'), 60))) +
                                 " is never closed");
}

std::string CsvReader::place(std::size_t column) const {
  if (column < header_.size()) return "column " + in_quotes(header_[column]) + ": ";
  return "column " + std::to_string(column + 1) + ": ";
}

base::Error CsvReader::error(std::size_t column, std::string_view message) const {
  return buffer_.error(line_, place(column) + std::string(message));
}

}  // namespace data
