// SPDX-License-Identifier: Apache-2.0
// Something wrong with a configuration, and where it stands.
#pragma once

#include <string>

namespace dsn::config {

/// Where something stands in a file; line and column count from 1, 0 means the file as a whole.
struct Position {
  std::string file;
  int line = 0;
  int column = 0;
  bool operator==(const Position&) const = default;
};

/// Something wrong, in a sentence for the operator.
struct Finding {
  Position position;
  std::string message;
  /// `agent.yaml:12:5: unknown key 'evry' in sensor 'door' (did you mean 'every'?)`
  [[nodiscard]] std::string to_string() const;
};

}  // namespace dsn::config
