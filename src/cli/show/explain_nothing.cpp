// SPDX-License-Identifier: Apache-2.0
#include "cli/show/explain_nothing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/suggest.hpp"
#include "cli/show/display_text.hpp"

namespace dsn::cli {
namespace {

/// More than this is no longer read, and `dsn nodes` shows them all.
constexpr std::size_t kNamesShownMax = 20;

std::string name_list(const std::vector<std::string_view>& names) {
  std::string list;
  for (std::size_t i = 0; i < names.size() && i < kNamesShownMax; ++i) {
    list += " " + printable(names[i]);
  }
  if (names.size() > kNamesShownMax) {
    list += fmt::format(" and {} more", names.size() - kNamesShownMax);
  }
  return list;
}

}  // namespace

std::optional<std::string> explain_nothing(const ReadQuery& query,
                                           const std::vector<NodeInfo>& nodes,
                                           const std::vector<Reading>& of_node) {
  if (!query.node) return std::nullopt;
  std::vector<std::string_view> names;
  bool known = false;
  for (const NodeInfo& node : nodes) {
    names.emplace_back(node.name);
    known = known || node.name == *query.node || node.id == *query.node;
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  if (!known) {
    return fmt::format("no node '{}'{}; known:{}", printable(*query.node),
                       did_you_mean(*query.node, names), name_list(names));
  }
  if (!query.key) return std::nullopt;
  std::vector<std::string_view> keys;
  for (const Reading& reading : of_node) keys.emplace_back(reading.key);
  if (keys.empty()) {
    return fmt::format("node '{}' has no key '{}': it has none at all", printable(*query.node),
                       printable(*query.key));
  }
  return fmt::format("node '{}' has no key '{}'{}; its keys:{}", printable(*query.node),
                     printable(*query.key), did_you_mean(*query.key, keys), name_list(keys));
}

}  // namespace dsn::cli
