// SPDX-License-Identifier: Apache-2.0
// A YAML file as a tree of texts with positions, and what YAML allows but a configuration must not.
#pragma once

#include <optional>
#include <string>
#include <string_view>
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
  std::string text;            ///< scalars only
  std::vector<YamlNode> children;  ///< the elements of a list; key, value, key, value ... of a mapping
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
