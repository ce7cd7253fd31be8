// SPDX-License-Identifier: Apache-2.0
// YAML files that go by a name: presets and boards, built in or beside the configuration.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/document.hpp"
#include "config/report.hpp"

namespace dsn::config {

/// Finds `KIND/NAME.yaml`: first in `folder`, then among what is built in. Each file is read once.
class Library {
 public:
  /// `kind` is "presets" or "boards". `folder` ends with '/'; nothing: only what is built in.
  Library(std::string kind, std::optional<std::string> folder, Report& report);

  struct Entry {
    std::optional<YamlNode> root;  ///< a mapping; nothing if it is not good, which was reported
  };
  /// Nothing if there is no such file. Valid as long as the library.
  [[nodiscard]] const Entry* find(const std::string& name);
  /// All names, sorted.
  [[nodiscard]] std::vector<std::string> names() const;
  /// `; known: a b c`, or a suggestion, for a name that is not there.
  [[nodiscard]] std::string hint(const std::string& name) const;

 private:
  [[nodiscard]] std::optional<YamlNode> parse(std::string_view text, std::string file);

  std::string kind_;
  std::optional<std::string> folder_;
  Report& report_;
  std::map<std::string, Entry> read_;
};

}  // namespace dsn::config
