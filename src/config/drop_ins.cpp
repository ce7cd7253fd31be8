// SPDX-License-Identifier: Apache-2.0
#include "config/drop_ins.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "config/scalar.hpp"

namespace dsn::config {
namespace {

std::string place(const Report& report, Mark at) {
  const Position position = report.position(at);
  return fmt::format("{}:{}:{}", position.file, position.line, position.column);
}

using Member = YamlNode::Member<YamlNode>;

/// The member of that key, if there is one.
std::optional<Member> find_member(YamlNode& mapping, const std::string& key) {
  for (const Member& member : mapping.members()) {
    if (member.key.text == key) return member;
  }
  return std::nullopt;
}

void join_mappings(YamlNode& first, YamlNode& other, const std::string& of, Report& report) {
  for (const auto& [key, value] : other.members()) {
    if (const auto same = find_member(first, key.text)) {
      report.error(key.at, fmt::format("{} in '{}' is there already, at {}: keep one of them",
                                       shown(key.text), of, place(report, same->key.at)));
    } else {
      first.add(std::move(key), std::move(value));
    }
  }
}

void join_values(const Member& first, const Member& other, Report& report) {
  const auto are_both = [&](YamlNode::Kind kind) {
    return first.value.kind == kind && other.value.kind == kind;
  };
  if (other.value.kind == YamlNode::Kind::null) return;  // its entries are all commented out
  if (first.value.kind == YamlNode::Kind::null) {
    first.key = std::move(other.key);
    first.value = std::move(other.value);
  } else if (are_both(YamlNode::Kind::mapping)) {
    join_mappings(first.value, other.value, other.key.text, report);
  } else if (are_both(YamlNode::Kind::list)) {
    std::ranges::move(other.value.children, std::back_inserter(first.value.children));
  } else {
    report.error(other.key.at, fmt::format("{} is given already, at {}: keep one of them",
                                           shown(other.key.text), place(report, first.key.at)));
  }
}

}  // namespace

void join(YamlNode& root, YamlNode other, Report& report) {
  for (const Member& member : other.members()) {
    if (const auto same = find_member(root, member.key.text)) {
      join_values(*same, member, report);
    } else {
      root.add(std::move(member.key), std::move(member.value));
    }
  }
}

}  // namespace dsn::config
