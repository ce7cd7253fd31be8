// SPDX-License-Identifier: Apache-2.0
// From the file of a configuration to what is in it, and what is wrong with it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "config/finding.hpp"

namespace dsn::config {

struct LoadResult {
  Config config;
  std::vector<Finding> errors;  ///< if there are any, the configuration must not be used
  std::vector<Finding> warnings;
  /// If root reads the configuration: files and programs of it that others may change. They are
  /// errors to an agent of root.
  std::vector<Finding> exposures;

  /// Makes errors of the exposures.
  void refuse_exposures();
};

/// Reads and checks the file at `path`, and the files of `conf.d` beside it, which are part of it.
/// Presets and boards in the folders `presets` and `boards` beside it come before the built-in
/// ones. `system_root` stands before /sys, where `board: auto` looks. A missing kDefaultFile is a
/// warning, since every key has a default. Never throws.
[[nodiscard]] LoadResult load(const std::string& path, const std::string& system_root = "");

/// Checks a text that has been read already. No other file is looked at; `path` is for findings and
/// relative paths. Without `system_root`, `board: auto` finds the generic board.
[[nodiscard]] LoadResult load_text(std::string_view text, const std::string& path,
                                   const std::optional<std::string>& system_root = {});

}  // namespace dsn::config
