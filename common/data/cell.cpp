#include "base/error.hpp"
#include "data/duckdb_api.hpp"
#include "data/engine.hpp"

namespace data {
namespace {

template <class T>
T value_at(const void* data, std::uint64_t row) {
  return static_cast<const T*>(data)[row];
}

}  // namespace

bool Cell::is_null() const {
  // No mask: every value is valid.
  if (validity_ == nullptr) return false;
  return ((validity_[row_ / 64] >> (row_ % 64)) & 1U) == 0;
}

void Cell::wrong_type(std::string_view wanted) const {
  throw base::Error(base::ErrorKind::internal, "a result column has engine type " + std::to_string(type_) +
                                                   ", read as " + std::string(wanted) +
                                                   "; the SQL lacks a cast");
}

std::optional<std::int64_t> Cell::integer() const {
  if (is_null()) return std::nullopt;
  switch (type_) {
    case DUCKDB_TYPE_BOOLEAN:
      return value_at<bool>(data_, row_) ? 1 : 0;
    case DUCKDB_TYPE_TINYINT:
      return value_at<std::int8_t>(data_, row_);
    case DUCKDB_TYPE_SMALLINT:
      return value_at<std::int16_t>(data_, row_);
    case DUCKDB_TYPE_INTEGER:
      return value_at<std::int32_t>(data_, row_);
    case DUCKDB_TYPE_BIGINT:
      return value_at<std::int64_t>(data_, row_);
    case DUCKDB_TYPE_UTINYINT:
      return value_at<std::uint8_t>(data_, row_);
    case DUCKDB_TYPE_USMALLINT:
      return value_at<std::uint16_t>(data_, row_);
    case DUCKDB_TYPE_UINTEGER:
      return value_at<std::uint32_t>(data_, row_);
    default:
      wrong_type("an integer");
  }
}

std::optional<double> Cell::real() const {
  if (is_null()) return std::nullopt;
  if (type_ == DUCKDB_TYPE_DOUBLE) return value_at<double>(data_, row_);
  if (type_ == DUCKDB_TYPE_FLOAT) return value_at<float>(data_, row_);
  return static_cast<double>(*integer());
}

std::optional<std::string> Cell::text() const {
  if (is_null()) return std::nullopt;
  if (type_ != DUCKDB_TYPE_VARCHAR) wrong_type("a text");
  const auto& value = static_cast<const duckdb_string_t*>(data_)[row_];
  const auto length = value.inlined.length;
  return std::string(length <= sizeof value.inlined.data ? value.inlined.data : value.pointer.data, length);
}

}  // namespace data
