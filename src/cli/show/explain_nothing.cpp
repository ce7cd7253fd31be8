// SPDX-License-Identifier: Apache-2.0
#include "cli/show/explain_nothing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/key_name.hpp"
#include "base/pattern.hpp"
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

/// Sorted, each once.
template <typename Range, typename Name>
std::vector<std::string_view> names_of(const Range& range, Name name) {
  std::vector<std::string_view> names;
  for (const auto& one : range) names.push_back(name(one));
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

bool any_fits(const std::string& pattern, const std::vector<std::string_view>& names) {
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view name) { return fits(pattern, std::string(name)); });
}

/// "no node 'attik' (did you mean 'attic'?)", or "no node that fits 'sensor_*'"
std::string none(const char* kind, const std::string& text,
                 const std::vector<std::string_view>& known) {
  if (is_pattern(text)) return fmt::format("no {} that fits '{}'", kind, printable(text));
  return fmt::format("no {} '{}'{}", kind, printable(text), did_you_mean(text, known));
}

/// Whose keys they are, and what they are to the reader.
struct Owner {
  explicit Owner(const ReadQuery& query) {
    if (!query.node) return;
    const std::string node = "'" + printable(*query.node) + "'";
    if (is_pattern(*query.node)) {
      has = "nodes " + node + " have";
    } else {
      has = "node " + node + " has";
      it_has = "it has";
      its = "its";
    }
  }
  std::string has = "the nodes have";
  const char* it_has = "they have";
  const char* its = "their";
};

std::optional<std::string> explain_key(const ReadQuery& query,
                                       const std::vector<Reading>& of_node) {
  const auto explain = [&](const char* kind, const std::string& text,
                           const std::vector<std::string_view>& known) {
    const Owner owner(query);
    const std::string sentence = owner.has + " " + none(kind, text, known);
    if (known.empty()) return fmt::format("{}: {} none at all", sentence, owner.it_has);
    return fmt::format("{}; {} {}s:{}", sentence, owner.its, kind, name_list(known));
  };
  if (query.database) {
    auto databases = names_of(of_node, [](const Reading& of) { return database_of(of.key); });
    std::erase(databases, "");
    if (!any_fits(*query.database, databases)) {
      return explain("database", *query.database, databases);
    }
  }
  const auto keys = names_of(of_node, [](const Reading& of) { return std::string_view(of.key); });
  if (!query.key || any_fits(*query.key, keys)) return std::nullopt;
  return explain("key", *query.key, keys);
}

/// The user gave a key where a node was expected.
std::string is_a_key(const std::string& key, const std::vector<Reading>& of_key) {
  const auto nodes = names_of(of_key, [](const Reading& of) { return std::string_view(of.node); });
  const std::string shown = printable(key);
  const std::string what = is_pattern(key) ? "it fits keys" : "it is a key";
  const std::string owners =
      nodes.size() == 1 ? printable(nodes.front()) : fmt::format("{} nodes", nodes.size());
  const std::string quoted = is_pattern(key) ? "'" + shown + "'" : shown;
  return fmt::format("no node {}'{}'; {} of {}: dsn-read '*' {}",
                     is_pattern(key) ? "that fits " : "", shown, what, owners, quoted);
}

}  // namespace

std::optional<std::string> explain_nothing(const ReadQuery& query,
                                           const std::vector<NodeInfo>& nodes,
                                           const std::vector<Reading>& of_node,
                                           const std::vector<Reading>& of_key) {
  const auto names = names_of(nodes, [](const NodeInfo& of) { return std::string_view(of.name); });
  const auto is_meant = [&](const NodeInfo& of) {
    return fits(*query.node, of.name) || of.id == *query.node ||
           of.name.starts_with(*query.node + '~');
  };
  if (query.node && std::none_of(nodes.begin(), nodes.end(), is_meant)) {
    if (!of_key.empty()) return is_a_key(*query.node, of_key);
    return fmt::format("{}; known:{}", none("node", *query.node, names), name_list(names));
  }
  return explain_key(query, of_node);
}

}  // namespace dsn::cli
