// SPDX-License-Identifier: Apache-2.0
// A YAML file as a tree of texts with positions, and what YAML allows but a configuration must not.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/report.hpp"

namespace dsn::config {

/// A part of the file. Scalars keep the text that stands there: what it means is for the key to
/// say, so that `010`, `1e5` and `no` cannot turn into something else on the way.
struct YamlNode {
  enum class Kind : std::uint8_t { null, scalar, list, mapping };
  Kind kind = Kind::null;
  bool quoted = false;  ///< scalars only: in quotes, or a block of text
  Mark at;
  std::string text;                ///< scalars only
  std::vector<YamlNode> children;  ///< of a list its elements; of a mapping key, value, key, ...

  /// A key of a mapping with its value.
  template <typename Node>
  struct Member {
    Node& key;
    Node& value;
  };
  /// The members of a mapping in the order of the file; none of any other node. They refer to this
  /// node, and end with the next change of its children.
  [[nodiscard]] std::vector<Member<YamlNode>> members() { return pairs<YamlNode>(*this); }
  [[nodiscard]] std::vector<Member<const YamlNode>> members() const {
    return pairs<const YamlNode>(*this);
  }
  /// The value that a mapping has for a key; nullptr if it has none.
  [[nodiscard]] const YamlNode* find(std::string_view key) const {
    for (const auto& member : members()) {
      if (member.key.text == key) return &member.value;
    }
    return nullptr;
  }
  /// Adds a member to a mapping.
  void add(YamlNode key, YamlNode value) {
    children.push_back(std::move(key));
    children.push_back(std::move(value));
  }

 private:
  template <typename Node>
  static std::vector<Member<Node>> pairs(Node& node) {
    std::vector<Member<Node>> found;
    if (node.kind != Kind::mapping) return found;
    for (std::size_t i = 0; i + 1 < node.children.size(); i += 2) {
      found.push_back({node.children[i], node.children[i + 1]});
    }
    return found;
  }
};

/// Parses one document. Reports, and leaves out of the tree: keys that stand twice in a mapping,
/// keys that are no scalars, anchors, aliases, merge keys and tags. Reports and answers nothing:
/// what is not YAML, tabs that indent, a second document, nesting deeper than any key needs. An
/// empty file is a null node. The tree holds no more nodes than the text has bytes, since there
/// are no aliases. Never throws.
/// `file` is the one that the marks name.
[[nodiscard]] std::optional<YamlNode> parse_document(std::string_view bytes, Report& report,
                                                     int file = 0);

}  // namespace dsn::config
