// SPDX-License-Identifier: Apache-2.0
// What is known of the machine itself: its pins and the sensors that every one of its kind has.
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

/// The board that the configuration names, or that `auto` finds; nothing if it names none, or no
/// good one, which is reported. `system_root` stands before /sys; nothing: `auto` finds none.
[[nodiscard]] std::optional<Board> read_board(const Section& section, Library& library,
                                              const std::optional<std::string>& system_root,
                                              Report& report);

/// Reads one board's file; reports all that is wrong with it.
[[nodiscard]] Board read_board_file(const YamlNode& root, const std::string& name, Report& report);

/// Replaces the pin of the header that a sensor of the gpio driver names by its line.
void name_gpio_line(SensorConfig& sensor, const Board* board, Mark at, const std::string& where,
                    Report& report);

}  // namespace dsn::config
