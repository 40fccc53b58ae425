#include "data/table_builder.hpp"

#include <array>
#include <new>
#include <vector>

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/text.hpp"
#include "data/duckdb_api.hpp"
#include "data/sql.hpp"

namespace data {
namespace {

constexpr std::array<duckdb_type, 6> engine_types{DUCKDB_TYPE_BOOLEAN, DUCKDB_TYPE_BIGINT,
                                                  DUCKDB_TYPE_DOUBLE,  DUCKDB_TYPE_VARCHAR,
                                                  DUCKDB_TYPE_DATE,    DUCKDB_TYPE_TIMESTAMP};

std::string create_table_sql(const std::string& name, const Columns& columns) {
  std::vector<std::string> parts;
  for (const auto& column : columns)
    parts.push_back(quote_name(column.name) + " " + std::string(sql_type(column.type)));
  return "CREATE TABLE " + quote_name(name) + " (" + base::join(parts, ", ") + ")";
}

duckdb_data_chunk make_chunk(const Columns& columns) {
  std::vector<duckdb_logical_type> types;
  for (const auto& column : columns)
    types.push_back(duckdb_create_logical_type(engine_types[static_cast<std::size_t>(column.type)]));
  const auto chunk = duckdb_create_data_chunk(types.data(), types.size());
  for (auto& type : types) duckdb_destroy_logical_type(&type);
  if (chunk == nullptr) throw std::bad_alloc();
  return chunk;
}

}  // namespace

struct TableBuilder::State {
  duckdb_appender appender = nullptr;
  duckdb_data_chunk chunk = nullptr;
  std::vector<duckdb_vector> vectors;
  std::vector<void*> values;
  std::vector<std::uint64_t*> validity;
  idx_t capacity = 0;
  idx_t filled = 0;
  std::uint64_t rows = 0;

  // Every value is null until it is set.
  void start_chunk() {
    duckdb_data_chunk_reset(chunk);
    filled = 0;
    for (std::size_t i = 0; i < vectors.size(); ++i) {
      vectors[i] = duckdb_data_chunk_get_vector(chunk, i);
      duckdb_vector_ensure_validity_writable(vectors[i]);
      values[i] = duckdb_vector_get_data(vectors[i]);
      validity[i] = duckdb_vector_get_validity(vectors[i]);
      for (idx_t word = 0; word < (capacity + 63) / 64; ++word) validity[i][word] = 0;
    }
  }

  template <class T>
  void set(std::size_t column, T value) {
    static_cast<T*>(values[column])[filled] = value;
    mark_valid(column);
  }
  void mark_valid(std::size_t column) { validity[column][filled / 64] |= std::uint64_t{1} << (filled % 64); }

  [[noreturn]] void fail() const {
    const char* message = duckdb_appender_error(appender);
    throw base::Error(
        base::ErrorKind::precondition,
        "filling a table: " + base::printable(message == nullptr ? "no message" : message, 500));
  }
};

TableBuilder::TableBuilder(Connection& connection, const std::string& name, const Columns& columns)
    : state_(std::make_unique<State>()) {
  connection.execute(create_table_sql(name, columns));
  auto* const handle = static_cast<duckdb_connection>(connection.handle_);
  if (duckdb_appender_create(handle, nullptr, name.c_str(), &state_->appender) != DuckDBSuccess)
    state_->fail();
  state_->chunk = make_chunk(columns);
  state_->capacity = duckdb_vector_size();
  state_->vectors.resize(columns.size());
  state_->values.resize(columns.size());
  state_->validity.resize(columns.size());
  state_->start_chunk();
}

TableBuilder::~TableBuilder() {
  duckdb_destroy_data_chunk(&state_->chunk);
  duckdb_appender_destroy(&state_->appender);
}

void TableBuilder::set_boolean(std::size_t column, bool value) {
  state_->set(column, value);
}

void TableBuilder::set_integer(std::size_t column, std::int64_t value) {
  state_->set(column, value);
}

void TableBuilder::set_real(std::size_t column, double value) {
  state_->set(column, value);
}

void TableBuilder::set_text(std::size_t column, std::string_view value) {
  duckdb_vector_assign_string_element_len(state_->vectors[column], state_->filled, value.data(),
                                          value.size());
  state_->mark_valid(column);
}

void TableBuilder::set_date(std::size_t column, std::int32_t days) {
  state_->set(column, days);
}

void TableBuilder::set_timestamp(std::size_t column, std::int64_t microseconds) {
  state_->set(column, microseconds);
}

void TableBuilder::end_row() {
  ++state_->filled;
  ++state_->rows;
  if (state_->filled == state_->capacity) flush();
}

void TableBuilder::flush() {
  base::check_interrupt();
  duckdb_data_chunk_set_size(state_->chunk, state_->filled);
  if (state_->filled > 0 && duckdb_append_data_chunk(state_->appender, state_->chunk) != DuckDBSuccess)
    state_->fail();
  state_->start_chunk();
}

std::uint64_t TableBuilder::finish() {
  flush();
  if (duckdb_appender_close(state_->appender) != DuckDBSuccess) state_->fail();
  return state_->rows;
}

}  // namespace data
