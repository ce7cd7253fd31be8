// SPDX-License-Identifier: Apache-2.0
// Collects everything that is wrong with a file, so that one look at it mends all.
#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"

namespace dsn::config {

/// Line and column, from 1; 0 means the file as a whole.
struct Mark {
  int line = 0;
  int column = 0;
};

class Report {
 public:
  explicit Report(std::string file) : file_(std::move(file)) {}

  void error(Mark at, std::string message) { add(errors_, at, std::move(message)); }
  void warning(Mark at, std::string message) { add(warnings_, at, std::move(message)); }

  [[nodiscard]] bool has_errors() const { return !errors_.empty(); }
  [[nodiscard]] Position position(Mark at) const { return {file_, at.line, at.column}; }

  /// In the order of the file.
  [[nodiscard]] std::vector<Finding> take_errors() { return sorted(std::move(errors_)); }
  [[nodiscard]] std::vector<Finding> take_warnings() { return sorted(std::move(warnings_)); }

 private:
  void add(std::vector<Finding>& findings, Mark at, std::string message);
  static std::vector<Finding> sorted(std::vector<Finding> findings);

  std::string file_;
  std::vector<Finding> errors_;
  std::vector<Finding> warnings_;
};

}  // namespace dsn::config
