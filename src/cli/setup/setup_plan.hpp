// SPDX-License-Identifier: Apache-2.0
// A new configuration for this machine: its board, its sensors, and the text of the file.
#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"

namespace dsn::cli {

/// A sensor that was found.
struct Proposal {
  std::string key;       ///< under which it would be published; fit for a configuration
  std::string settings;  ///< as in YAML: "{w1: 28-00000a1b2c3d, preset: ds18b20}"
  std::string title;     ///< for people: "1-wire 28-00000a1b2c3d"
  std::string shown;     ///< "21.4 °C", or why it could not be read
  bool answered = false;
  bool enabled = false;
};

struct Surroundings {
  std::string board;                    ///< empty: none that is known
  std::string board_title;              ///< "Raspberry Pi 4 Model B, ..."
  std::vector<std::string> board_keys;  ///< the keys of its own sensors
  std::vector<Proposal> proposals;      ///< enabled if they answered
};

/// Finds the board, and sensors besides those of the board. Blocks as long as the slowest bus
/// takes. `system_root` stands before /proc and /sys.
[[nodiscard]] Surroundings look_around(const std::string& system_root);

/// The same beside a configuration: its sensors stand for those of the board, and what they measure
/// is not proposed.
[[nodiscard]] Surroundings look_beside(const config::Config& config,
                                       const std::string& system_root);

/// A file for conf.d with the proposals that are enabled.
[[nodiscard]] std::string addition_text(const Surroundings& found);

struct SetupPlan {
  std::string node_id;
  std::string key_file;  ///< as in the configuration
  Surroundings found;
};

/// The file with comments that explain it. What is not enabled is a comment.
[[nodiscard]] std::string configuration_text(const SetupPlan& plan);

/// Only the part about the key of the network.
[[nodiscard]] std::string key_text(const SetupPlan& plan);

/// Why a proposal cannot have a key: what is wrong with the key, or what else has it. Empty if it
/// can.
[[nodiscard]] std::string objection(const SetupPlan& plan, const Proposal& proposal,
                                    const std::string& key);

}  // namespace dsn::cli
