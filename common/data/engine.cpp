#include "data/engine.hpp"

#include <cmath>

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/text.hpp"
#include "data/duckdb_api.hpp"
#include "data/sql.hpp"

namespace data {
namespace {

using base::Error;
using base::ErrorKind;

duckdb_database as_database(void* handle) {
  return static_cast<duckdb_database>(handle);
}

duckdb_connection as_connection(void* handle) {
  return static_cast<duckdb_connection>(handle);
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// The engine tells kinds of failure apart only by the words that its messages start with.
ErrorKind kind_of(std::string_view message) {
  if (contains(message, "No space left on device") || message.rfind("Out of Memory Error", 0) == 0 ||
      message.rfind("IO Error", 0) == 0) {
    return ErrorKind::precondition;
  }
  if (message.rfind("INTERNAL Error", 0) == 0 || message.rfind("FATAL Error", 0) == 0)
    return ErrorKind::internal;
  return ErrorKind::input;
}

Error engine_error(const char* message) {
  const std::string_view text = message == nullptr ? "no message" : message;
  // What follows the first empty line is advice about settings that nobody can change here.
  return Error(kind_of(text), base::printable(text.substr(0, text.find("\n\n")), 1000));
}

class Statement {
 public:
  Statement(duckdb_connection connection, const std::string& sql) {
    if (sql.find('\0') != std::string::npos) throw Error(ErrorKind::input, "SQL holds a NUL byte");
    if (duckdb_prepare(connection, sql.c_str(), &handle_) == DuckDBSuccess) return;
    const auto error = engine_error(duckdb_prepare_error(handle_));
    duckdb_destroy_prepare(&handle_);
    throw error;
  }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement() { duckdb_destroy_prepare(&handle_); }

  duckdb_prepared_statement get() const { return handle_; }

 private:
  duckdb_prepared_statement handle_ = nullptr;
};

// A result that is computed as it is fetched.
class Execution {
 public:
  explicit Execution(const Statement& statement) {
    try {
      start(statement);
    } catch (...) {
      duckdb_destroy_pending(&pending_);
      throw;
    }
  }
  Execution(const Execution&) = delete;
  Execution& operator=(const Execution&) = delete;
  ~Execution() {
    duckdb_destroy_result(&result_);
    duckdb_destroy_pending(&pending_);
  }

  duckdb_result& result() { return result_; }

 private:
  // A task is some milliseconds of work; in between, SIGTERM and --timeout are seen.
  void start(const Statement& statement) {
    if (duckdb_pending_prepared_streaming(statement.get(), &pending_) != DuckDBSuccess)
      throw engine_error(duckdb_pending_error(pending_));
    while (true) {
      base::check_interrupt();
      const auto state = duckdb_pending_execute_task(pending_);
      if (state == DUCKDB_PENDING_ERROR) throw engine_error(duckdb_pending_error(pending_));
      if (state == DUCKDB_PENDING_RESULT_READY || state == DUCKDB_PENDING_NO_TASKS_AVAILABLE) break;
    }
    if (duckdb_execute_pending(pending_, &result_) == DuckDBSuccess) return;
    const auto error = engine_error(duckdb_result_error(&result_));
    duckdb_destroy_result(&result_);
    throw error;
  }

  duckdb_pending_result pending_ = nullptr;
  duckdb_result result_{};
};

class Chunk {
 public:
  explicit Chunk(duckdb_result& result) : handle_(duckdb_fetch_chunk(result)) {
    if (handle_ != nullptr) return;
    const char* message = duckdb_result_error(&result);
    if (message != nullptr && *message != '\0') throw engine_error(message);
  }
  Chunk(const Chunk&) = delete;
  Chunk& operator=(const Chunk&) = delete;
  ~Chunk() {
    if (handle_ != nullptr) duckdb_destroy_data_chunk(&handle_);
  }

  bool at_end() const { return handle_ == nullptr || size() == 0; }
  idx_t size() const { return duckdb_data_chunk_get_size(handle_); }
  Row row(duckdb_result& result, idx_t number) const {
    Row cells;
    const idx_t count = duckdb_column_count(&result);
    cells.reserve(count);
    for (idx_t i = 0; i < count; ++i) {
      const auto vector = duckdb_data_chunk_get_vector(handle_, i);
      cells.emplace_back(duckdb_vector_get_data(vector), duckdb_vector_get_validity(vector),
                         static_cast<int>(duckdb_column_type(&result, i)), number);
    }
    return cells;
  }

 private:
  duckdb_data_chunk handle_;
};

class Configuration {
 public:
  Configuration() {
    if (duckdb_create_config(&handle_) != DuckDBSuccess) throw std::bad_alloc();
  }
  Configuration(const Configuration&) = delete;
  Configuration& operator=(const Configuration&) = delete;
  ~Configuration() { duckdb_destroy_config(&handle_); }

  void set(const char* name, const std::string& value) {
    if (duckdb_set_config(handle_, name, value.c_str()) != DuckDBSuccess)
      throw Error(ErrorKind::internal, std::string("the engine does not know the setting ") + name);
  }
  duckdb_config get() const { return handle_; }

 private:
  duckdb_config handle_ = nullptr;
};

// What the engine calls a type, as one of ours; missing for what a table cannot hold here.
std::optional<ColumnType> type_of(std::string_view name) {
  if (name == "BOOLEAN") return ColumnType::boolean;
  if (name == "DATE") return ColumnType::date;
  if (name == "VARCHAR" || name == "UUID" || name.rfind("ENUM", 0) == 0) return ColumnType::text;
  if (name.rfind("TIMESTAMP", 0) == 0) return ColumnType::timestamp;
  if (name == "FLOAT" || name == "DOUBLE" || name.rfind("DECIMAL", 0) == 0) return ColumnType::real;
  if (name.ends_with("INT") || name.ends_with("INTEGER")) return ColumnType::integer;
  return std::nullopt;
}

}  // namespace

Database::Database(const EngineSettings& settings) {
  auto directory = settings.temporary_directory;
  if (directory.empty()) {
    spill_ = std::make_unique<base::TemporaryDirectory>();
    directory = spill_->path();
  }
  Configuration configuration;
  configuration.set("threads", "1");
  configuration.set("memory_limit", settings.memory_limit);
  configuration.set("temp_directory", directory.string());
  configuration.set("preserve_insertion_order", "true");
  configuration.set("autoinstall_known_extensions", "false");
  configuration.set("autoload_known_extensions", "false");
  duckdb_database database = nullptr;
  char* message = nullptr;
  if (duckdb_open_ext(nullptr, &database, configuration.get(), &message) != DuckDBSuccess) {
    const auto error = engine_error(message);
    duckdb_free(message);
    throw error;
  }
  handle_ = database;
}

Database::~Database() {
  auto database = as_database(handle_);
  duckdb_close(&database);
}

Connection::Connection(Database& database) {
  duckdb_connection connection = nullptr;
  if (duckdb_connect(as_database(database.handle_), &connection) != DuckDBSuccess) throw std::bad_alloc();
  handle_ = connection;
}

Connection::~Connection() {
  auto connection = as_connection(handle_);
  duckdb_disconnect(&connection);
}

void Connection::execute(const std::string& sql) {
  query(sql, [](const Row&) {});
}

void Connection::query(const std::string& sql, const std::function<void(const Row&)>& on_row) {
  const Statement statement(as_connection(handle_), sql);
  Execution execution(statement);
  while (true) {
    base::check_interrupt();
    const Chunk chunk(execution.result());
    if (chunk.at_end()) return;
    for (idx_t i = 0; i < chunk.size(); ++i) on_row(chunk.row(execution.result(), i));
  }
}

std::optional<std::int64_t> Connection::query_integer(const std::string& sql) {
  std::optional<std::int64_t> value;
  query(sql, [&](const Row& row) { value = row.at(0).integer(); });
  return value;
}

Columns Connection::columns_of(const std::string& query_text) {
  Columns columns;
  query("DESCRIBE SELECT * FROM (" + query_text + "\n)", [&](const Row& row) {
    const auto name = row.at(0).text().value_or("");
    const auto type_name = row.at(1).text().value_or("");
    const auto type = type_of(type_name);
    if (!type) {
      throw Error(ErrorKind::input, "column '" + base::printable(name, 100) + "' has the type " +
                                        base::printable(type_name, 100) +
                                        "; expected a number, a boolean, a text, a date or a timestamp");
    }
    columns.push_back({name, *type});
  });
  return columns;
}

void Connection::seal(const std::vector<std::filesystem::path>& files) {
  std::vector<std::string> names;
  names.reserve(files.size());
  for (const auto& file : files) names.push_back(file.string());
  if (!names.empty()) execute("SET allowed_paths = [" + quote_texts(names) + "]");
  execute("SET enable_external_access = false");
  execute("SET lock_configuration = true");
}

}  // namespace data
