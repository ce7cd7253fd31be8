// SPDX-License-Identifier: Apache-2.0
// When the thermometers of a 1-wire bus have to convert. There is no clock and no bus here.
#pragma once

#include <chrono>
#include <set>
#include <string>

#include "base/time.hpp"

namespace dsn::sensor {

/// One bus, on which all chips may convert at once: 750 ms then do for twenty of them.
class W1Conversions {
 public:
  /// What is converted must be read soon: later it says how warm it was. Twenty chips are read
  /// within a second.
  static constexpr std::chrono::seconds kFreshFor{3};

  /// Before each reading of a chip: whether all have to convert now. Not if they just did and this
  /// one was not read since, and not while this is the only one that was ever read: it converts
  /// when it is read, which takes no longer.
  [[nodiscard]] bool is_due(const std::string& id, Instant now);
  /// All have converted, for the reading of this chip.
  void all_converted(const std::string& id, Instant now);

 private:
  std::set<std::string> known_;    // chips that were ever read
  std::set<std::string> read_;     // since all converted
  Instant converted_{-kFreshFor};  // when they did
};

}  // namespace dsn::sensor
