// The functions of DuckDB's C API that are used here, declared from its documentation:
// https://duckdb.org/docs/stable/clients/c/api ("C API - Complete API"); layouts of duckdb_result and
// duckdb_string_t: https://duckdb.org/docs/stable/clients/c/types and …/c/vector. The official library comes
// without a header. Within DuckDB 1.x this interface is stable.
//
// Only engine.cpp, cell.cpp and table_builder.cpp include this file.
#pragma once

#include <cstdint>

extern "C" {

using idx_t = std::uint64_t;

enum duckdb_state { DuckDBSuccess = 0, DuckDBError = 1 };
enum duckdb_pending_state {
  DUCKDB_PENDING_RESULT_READY = 0,
  DUCKDB_PENDING_RESULT_NOT_READY = 1,
  DUCKDB_PENDING_ERROR = 2,
  DUCKDB_PENDING_NO_TASKS_AVAILABLE = 3
};
enum duckdb_type {
  DUCKDB_TYPE_BOOLEAN = 1,
  DUCKDB_TYPE_TINYINT = 2,
  DUCKDB_TYPE_SMALLINT = 3,
  DUCKDB_TYPE_INTEGER = 4,
  DUCKDB_TYPE_BIGINT = 5,
  DUCKDB_TYPE_UTINYINT = 6,
  DUCKDB_TYPE_USMALLINT = 7,
  DUCKDB_TYPE_UINTEGER = 8,
  DUCKDB_TYPE_FLOAT = 10,
  DUCKDB_TYPE_DOUBLE = 11,
  DUCKDB_TYPE_TIMESTAMP = 12,
  DUCKDB_TYPE_DATE = 13,
  DUCKDB_TYPE_VARCHAR = 17
};

using duckdb_database = struct duckdb_database_handle*;
using duckdb_connection = struct duckdb_connection_handle*;
using duckdb_config = struct duckdb_config_handle*;
using duckdb_prepared_statement = struct duckdb_prepared_handle*;
using duckdb_pending_result = struct duckdb_pending_handle*;
using duckdb_data_chunk = struct duckdb_chunk_handle*;
using duckdb_vector = struct duckdb_vector_handle*;
using duckdb_logical_type = struct duckdb_logical_type_handle*;
using duckdb_appender = struct duckdb_appender_handle*;

struct duckdb_result {
  idx_t deprecated_column_count;
  idx_t deprecated_row_count;
  idx_t deprecated_rows_changed;
  void* deprecated_columns;
  char* deprecated_error_message;
  void* internal_data;
};

// Up to 12 bytes inside, longer texts behind the pointer.
union duckdb_string_t {
  struct {
    std::uint32_t length;
    char prefix[4];
    const char* data;
  } pointer;
  struct {
    std::uint32_t length;
    char data[12];
  } inlined;
};
static_assert(sizeof(duckdb_string_t) == 16);

// Opening and closing.
duckdb_state duckdb_create_config(duckdb_config* config);
duckdb_state duckdb_set_config(duckdb_config config, const char* name, const char* option);
void duckdb_destroy_config(duckdb_config* config);
duckdb_state duckdb_open_ext(const char* path, duckdb_database* database, duckdb_config config, char** error);
void duckdb_close(duckdb_database* database);
duckdb_state duckdb_connect(duckdb_database database, duckdb_connection* connection);
void duckdb_disconnect(duckdb_connection* connection);
void duckdb_free(void* pointer);
idx_t duckdb_vector_size();

// Statements, executed a task at a time.
duckdb_state duckdb_prepare(duckdb_connection connection, const char* query,
                            duckdb_prepared_statement* statement);
const char* duckdb_prepare_error(duckdb_prepared_statement statement);
void duckdb_destroy_prepare(duckdb_prepared_statement* statement);
duckdb_state duckdb_pending_prepared_streaming(duckdb_prepared_statement statement,
                                               duckdb_pending_result* pending);
duckdb_pending_state duckdb_pending_execute_task(duckdb_pending_result pending);
const char* duckdb_pending_error(duckdb_pending_result pending);
duckdb_state duckdb_execute_pending(duckdb_pending_result pending, duckdb_result* result);
void duckdb_destroy_pending(duckdb_pending_result* pending);

// Results.
void duckdb_destroy_result(duckdb_result* result);
const char* duckdb_result_error(duckdb_result* result);
idx_t duckdb_column_count(duckdb_result* result);
duckdb_type duckdb_column_type(duckdb_result* result, idx_t column);
duckdb_data_chunk duckdb_fetch_chunk(duckdb_result result);

// Chunks and vectors.
duckdb_logical_type duckdb_create_logical_type(duckdb_type type);
void duckdb_destroy_logical_type(duckdb_logical_type* type);
duckdb_data_chunk duckdb_create_data_chunk(duckdb_logical_type* types, idx_t count);
void duckdb_destroy_data_chunk(duckdb_data_chunk* chunk);
void duckdb_data_chunk_reset(duckdb_data_chunk chunk);
idx_t duckdb_data_chunk_get_size(duckdb_data_chunk chunk);
void duckdb_data_chunk_set_size(duckdb_data_chunk chunk, idx_t size);
duckdb_vector duckdb_data_chunk_get_vector(duckdb_data_chunk chunk, idx_t column);
void* duckdb_vector_get_data(duckdb_vector vector);
std::uint64_t* duckdb_vector_get_validity(duckdb_vector vector);
void duckdb_vector_ensure_validity_writable(duckdb_vector vector);
void duckdb_vector_assign_string_element_len(duckdb_vector vector, idx_t index, const char* text,
                                             idx_t length);

// Appending.
duckdb_state duckdb_appender_create(duckdb_connection connection, const char* schema, const char* table,
                                    duckdb_appender* appender);
duckdb_state duckdb_append_data_chunk(duckdb_appender appender, duckdb_data_chunk chunk);
duckdb_state duckdb_appender_close(duckdb_appender appender);
const char* duckdb_appender_error(duckdb_appender appender);
duckdb_state duckdb_appender_destroy(duckdb_appender* appender);
}
