// SPDX-License-Identifier: Apache-2.0
// A prepared statement of SQLite.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <string>

namespace dsn::history {

/// Its values are bound in the order of bind(). A statement that cannot be prepared fails when it
/// is stepped.
class Statement {
 public:
  Statement(sqlite3* database, const std::string& sql) {
    sqlite3_prepare_v2(database, sql.c_str(), -1, &statement_, nullptr);
  }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& bind(std::int64_t value) {
    sqlite3_bind_int64(statement_, ++bound_, value);
    return *this;
  }
  Statement& bind(double value) {
    sqlite3_bind_double(statement_, ++bound_, value);
    return *this;
  }
  Statement& bind(const std::string& value) {
    sqlite3_bind_text(statement_, ++bound_, value.data(), static_cast<int>(value.size()),
                      SQLITE_TRANSIENT);
    return *this;
  }

  /// Makes it ready for other values.
  void reset() {
    sqlite3_reset(statement_);
    bound_ = 0;
  }

  /// Whether there is a row.
  [[nodiscard]] bool has_row() {
    return statement_ != nullptr && sqlite3_step(statement_) == SQLITE_ROW;
  }
  /// Whether it ran to its end.
  [[nodiscard]] bool run() {
    return statement_ != nullptr && sqlite3_step(statement_) == SQLITE_DONE;
  }

  [[nodiscard]] std::int64_t integer(int column) {
    return sqlite3_column_int64(statement_, column);
  }
  [[nodiscard]] double real(int column) { return sqlite3_column_double(statement_, column); }
  [[nodiscard]] bool is_null(int column) {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
  }
  [[nodiscard]] std::string text(int column) {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    return bytes == nullptr ? "" : bytes;
  }

 private:
  sqlite3_stmt* statement_ = nullptr;
  int bound_ = 0;
};

}  // namespace dsn::history
