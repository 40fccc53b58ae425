// CsvReader: the records of a CSV or TSV file by RFC 4180, strictly.
//
// Refused: a field count other than the header's, a quote inside an unquoted field, text behind a closing
// quote, a quote that is never closed, a lone carriage return, an empty line that is not at the end (in a
// file of one column it is a null), and a header that is missing, incomplete or names a column twice (also by
// case only: SQL names do not tell case). Lines end with LF or CR LF.
//
// Errors: Error{input} "FILE:LINE: …".   Threads: one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "data/record_buffer.hpp"

namespace data {

class CsvReader {
 public:
  CsvReader(std::filesystem::path path, char delimiter);

  const std::vector<std::string>& header() const { return header_; }
  // The next record; false at the end.
  bool next();
  // Valid until next(). As many as in the header.
  const std::vector<std::string_view>& fields() const { return fields_; }
  // The line on which the record starts, from 1.
  std::uint64_t line() const { return line_; }
  // "FILE:LINE: column 'NAME': message".
  base::Error error(std::size_t column, std::string_view message) const;

 private:
  bool read_record();
  std::size_t find_record_end();
  void split_plain(std::string_view record);
  void add_unquoted(std::string_view field);
  void split_quoted(char* record, std::size_t size);
  std::size_t read_quoted_field(char* record, std::size_t size, std::size_t at);
  void check_header();
  void check_width();
  std::string place(std::size_t column) const;

  RecordBuffer buffer_;
  char delimiter_;
  std::vector<std::string> header_;
  std::vector<std::string_view> fields_;
  std::uint64_t line_ = 1;
  bool has_quotes_ = false;
};

}  // namespace data
