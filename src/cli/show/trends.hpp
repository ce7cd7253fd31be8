// SPDX-License-Identifier: Apache-2.0
// The recent past of each number that is being watched, as a sparkline.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "dsn/reading.hpp"

namespace dsn::cli {

/// The most samples that are kept and drawn.
inline constexpr std::size_t kTrendLengthMax = 20;

/// One block character for each number, from the lowest to the highest among them: "▁▃▆█". Equal
/// numbers make a line in the middle; less than two make nothing.
[[nodiscard]] std::string sparkline(std::span<const double> numbers);

class Trends {
 public:
  /// A new sample of a key.
  void add(const Reading& reading);
  /// Compares with the readings of now: adds keys and values that no event reported, and removes
  /// keys that no longer exist.
  void reconcile(const std::vector<Reading>& readings);
  /// The sparkline of each reading; empty for a reading that is no number.
  [[nodiscard]] std::vector<std::string> lines(const std::vector<Reading>& readings) const;

 private:
  using Key = std::pair<std::string, std::string>;
  struct Past {
    std::deque<double> numbers;
    Value last;
  };
  static Key key_of(const Reading& reading) { return {reading.node_id, reading.key}; }

  std::map<Key, Past> pasts_;
};

}  // namespace dsn::cli
