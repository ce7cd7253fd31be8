// SPDX-License-Identifier: Apache-2.0
// The command line of dsn-agent.
#pragma once

#include <string>

#include "config/default_file.hpp"
#include "dsn/result.hpp"

namespace dsn::agent {

struct Options {
  std::string config = config::kDefaultFile;
  std::string socket;       ///< empty: the default
  std::string system_root;  ///< stands before /proc, /sys and /etc/machine-id
  bool adopt = false;       ///< a key of another machine is this machine's from now on
  bool check = false;       ///< read the configuration, say what is wrong with it, and end
  bool help = false;
  bool version = false;
};

[[nodiscard]] Result<Options> parse_options(int argc, char** argv);
[[nodiscard]] std::string help_text();

}  // namespace dsn::agent
