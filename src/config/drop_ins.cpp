// SPDX-License-Identifier: Apache-2.0
#include "config/drop_ins.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "config/scalar.hpp"

namespace dsn::config {
namespace {

std::string place(const Report& report, Mark at) {
  const Position position = report.position(at);
  return fmt::format("{}:{}:{}", position.file, position.line, position.column);
}

std::size_t index_of(const YamlNode& mapping, const std::string& key) {
  std::size_t i = 0;
  while (i < mapping.children.size() && mapping.children[i].text != key) i += 2;
  return i;
}

void append(YamlNode& mapping, YamlNode key, YamlNode value) {
  mapping.children.push_back(std::move(key));
  mapping.children.push_back(std::move(value));
}

void join_mappings(YamlNode& first, YamlNode other, const std::string& of, Report& report) {
  for (std::size_t i = 0; i + 1 < other.children.size(); i += 2) {
    const std::size_t same = index_of(first, other.children[i].text);
    if (same == first.children.size()) {
      append(first, std::move(other.children[i]), std::move(other.children[i + 1]));
      continue;
    }
    report.error(
        other.children[i].at,
        fmt::format("{} in '{}' is there already, at {}: keep one of them",
                    shown(other.children[i].text), of, place(report, first.children[same].at)));
  }
}

}  // namespace

void join(YamlNode& root, YamlNode other, Report& report) {
  for (std::size_t i = 0; i + 1 < other.children.size(); i += 2) {
    YamlNode& key = other.children[i];
    YamlNode& value = other.children[i + 1];
    const std::size_t same = index_of(root, key.text);
    if (same == root.children.size()) {
      append(root, std::move(key), std::move(value));
      continue;
    }
    YamlNode& first = root.children[same + 1];
    if (value.kind == YamlNode::Kind::null) continue;  // its entries are all commented out
    if (first.kind == YamlNode::Kind::null) {
      root.children[same] = std::move(key);
      first = std::move(value);
    } else if (first.kind == YamlNode::Kind::mapping && value.kind == YamlNode::Kind::mapping) {
      join_mappings(first, std::move(value), key.text, report);
    } else if (first.kind == YamlNode::Kind::list && value.kind == YamlNode::Kind::list) {
      std::ranges::move(value.children, std::back_inserter(first.children));
    } else {
      report.error(key.at, fmt::format("{} is given already, at {}: keep one of them",
                                       shown(key.text), place(report, root.children[same].at)));
    }
  }
}

}  // namespace dsn::config
