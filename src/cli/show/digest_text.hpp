// SPDX-License-Identifier: Apache-2.0
// What happened in a day, as the text of a mail. Pure functions of their arguments.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "dsn/reading.hpp"
#include "dsn/status.hpp"

namespace dsn::cli {

/// Between which numbers a key was.
struct KeyRange {
  std::string node;
  std::string key;
  std::string unit;
  double low = 0;
  double high = 0;
};

struct Digest {
  std::chrono::milliseconds span = std::chrono::hours(24);
  std::vector<NodeInfo> nodes;
  std::vector<Reading> readings;
  std::vector<Warning> warnings;
  std::vector<KeyRange> ranges{};
};

/// The lines of `dsn-record ranges`: node, key, unit, lowest and highest, with tabs between them.
/// What is no such line is left out.
[[nodiscard]] std::vector<KeyRange> parse_ranges(std::string_view lines);

/// The first line has it all in short; sections without anything are left out.
[[nodiscard]] std::string digest_text(const Digest& digest);

}  // namespace dsn::cli
