// SPDX-License-Identifier: Apache-2.0
// Finds what changed between two looks at the readings.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "dsn/reading.hpp"

namespace dsn::cli {

/// Events report of a reading that it has a new sample, or is late. That its node is gone shows
/// when the readings are read again and compared.
class Changes {
 public:
  /// Takes in the reading of an event, so that look() does not report it again. Whether it differs
  /// from what was known.
  bool note(const Reading& reading);
  /// Takes in the removal of a key by an event.
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
