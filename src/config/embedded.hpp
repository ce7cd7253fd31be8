// SPDX-License-Identifier: Apache-2.0
// The presets (conf/presets) and boards (boards), which tools/embed compiles into the programs.
#pragma once

#include <span>
#include <string_view>

namespace dsn::config {

struct EmbeddedFile {
  std::string_view kind;  ///< "presets" or "boards": the folder that may hold another one
  std::string_view name;  ///< without its suffix
  std::string_view text;
};

[[nodiscard]] std::span<const EmbeddedFile> embedded_files();

/// The board of a configuration that names none, from -Dboard of the build; empty: no board.
[[nodiscard]] std::string_view default_board();

}  // namespace dsn::config
