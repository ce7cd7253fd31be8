// SPDX-License-Identifier: Apache-2.0
// Finds what changed between two looks at the readings.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "dsn/reading.hpp"

namespace dsn::cli {

/// Events tell of samples; that a value became late, or its node gone, is seen by looking again.
class Changes {
 public:
  /// A sample that was told by an event.
  void note(const Reading& reading);
  /// A key that an event took away.
  void forget(const NodeEvent& event);

  struct Found {
    std::vector<Reading> changed;    ///< new, or with another value, status or error than before
    std::vector<NodeEvent> removed;  ///< keys that are no longer there
  };
  [[nodiscard]] Found look(const std::vector<Reading>& readings);

 private:
  using Key = std::pair<std::string, std::string>;
  static Key key_of(const Reading& reading) { return {reading.node_id, reading.key}; }

  std::map<Key, Reading> known_;
};

}  // namespace dsn::cli
