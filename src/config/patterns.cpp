// SPDX-License-Identifier: Apache-2.0
#include "config/patterns.hpp"

#include <fmt/format.h>

#include "config/section.hpp"

namespace dsn::config {
namespace {

constexpr std::size_t kPatternBytesMax = 256;

}  // namespace

std::vector<std::string> read_reading_patterns(const YamlNode& list, Report& report) {
  std::vector<std::string> patterns;
  for (const YamlNode& pattern : list.children) {
    const bool is_text = pattern.kind == YamlNode::Kind::scalar && !pattern.text.empty() &&
                         pattern.text.size() <= kPatternBytesMax;
    if (is_text) {
      patterns.push_back(pattern.text);
    } else {
      report.error(pattern.at, fmt::format("a pattern must be a text of 1 to {} bytes, such as "
                                           "'attic/*', not {}",
                                           kPatternBytesMax, describe(pattern)));
    }
  }
  return patterns;
}

}  // namespace dsn::config
