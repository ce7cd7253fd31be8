// SPDX-License-Identifier: Apache-2.0
// Boards: the pins of a kind of machine, and the sensors that every such machine has.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "config/config.hpp"
#include "config/library.hpp"
#include "config/section.hpp"

namespace dsn::config {

struct Board {
  std::string name;
  std::map<std::string, std::string> lines;  ///< from the pin of the header to the line's name
  YamlNode sensors;                          ///< as in the configuration; may be null
};

/// The board that the configuration names, or that `auto` finds. Nothing if the configuration names
/// none, or if its board was reported as unknown. `system_root` stands before /sys; without it
/// `auto` finds the generic board.
[[nodiscard]] std::optional<Board> read_board(const Section& section, Library& library,
                                              const std::optional<std::string>& system_root,
                                              Report& report);

/// Reads the file of a board, and reports all that is wrong with it.
[[nodiscard]] Board read_board_file(const YamlNode& root, const std::string& name, Report& report);

/// If a sensor of the gpio driver names a pin of the header, puts the name of the line in its
/// place.
void name_gpio_line(SensorConfig& sensor, const Board* board, Mark at, const std::string& where,
                    Report& report);

}  // namespace dsn::config
