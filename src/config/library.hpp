// SPDX-License-Identifier: Apache-2.0
// Presets and boards: YAML files by their names, built in or beside the configuration.
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
  /// `kind` is "presets" or "boards". `folder` ends with '/'; without a folder only
  /// built-in files are found.
  Library(std::string kind, std::optional<std::string> folder, Report& report);

  struct LibraryFile {
    std::optional<YamlNode> root;  ///< a mapping; nothing if the file was reported as bad
  };
  /// The file of that name, valid as long as the library; nullptr if there is none.
  [[nodiscard]] const LibraryFile* find(const std::string& name);
  /// All names, sorted.
  [[nodiscard]] std::vector<std::string> names() const;
  /// What a message about an unknown name ends with: a suggestion, and `; known: a b c`.
  [[nodiscard]] std::string hint(const std::string& name) const;

 private:
  [[nodiscard]] std::optional<YamlNode> parse(std::string_view text, std::string file);

  std::string kind_;
  std::optional<std::string> folder_;
  Report& report_;
  std::map<std::string, LibraryFile> read_;
};

}  // namespace dsn::config
