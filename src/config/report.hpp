// SPDX-License-Identifier: Apache-2.0
// Collects everything that is wrong with a configuration, so that all can be mended at once.
#pragma once

#include <string>
#include <vector>

#include "config/finding.hpp"

namespace dsn::config {

/// Line and column, from 1; 0 means the file as a whole.
struct Mark {
  int line = 0;
  int column = 0;
  int file = 0;  ///< as Report::add_file() numbered it; 0 is the configuration itself
};

class Report {
 public:
  explicit Report(std::string file) : files_{std::move(file)} {}

  /// Adds a further file of the configuration. The answer marks its beginning.
  [[nodiscard]] Mark add_file(std::string file);

  void error(Mark at, std::string message) { add(errors_, at, std::move(message)); }
  /// Something that only an agent of root must not use.
  void exposure(Mark at, std::string message) { add(exposures_, at, std::move(message)); }
  void warning(Mark at, std::string message) { add(warnings_, at, std::move(message)); }

  [[nodiscard]] bool has_errors() const { return !errors_.empty(); }
  [[nodiscard]] std::size_t error_count() const { return errors_.size(); }
  [[nodiscard]] Position position(Mark at) const {
    return {files_[static_cast<std::size_t>(at.file)], at.line, at.column};
  }

  /// Sorted by file, in the order of add_file(), and by place within the file.
  [[nodiscard]] std::vector<Finding> take_errors() { return sorted(std::move(errors_)); }
  [[nodiscard]] std::vector<Finding> take_warnings() { return sorted(std::move(warnings_)); }
  [[nodiscard]] std::vector<Finding> take_exposures() { return sorted(std::move(exposures_)); }

 private:
  struct Marked {
    Mark at;
    std::string message;
  };
  static void add(std::vector<Marked>& findings, Mark at, std::string message);
  [[nodiscard]] std::vector<Finding> sorted(std::vector<Marked> marked) const;

  std::vector<std::string> files_;
  std::vector<Marked> errors_;
  std::vector<Marked> warnings_;
  std::vector<Marked> exposures_;
};

}  // namespace dsn::config
