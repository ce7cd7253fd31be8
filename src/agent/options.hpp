// SPDX-License-Identifier: Apache-2.0
// The command line of dsn-agent.
#pragma once

#include <string>

#include "dsn/result.hpp"

namespace dsn::agent {

struct Options {
  std::string config = "/etc/dsn/agent.yaml";
  std::string socket;  ///< empty: the default
  bool check = false;  ///< read the configuration, say what is wrong with it, and end
  bool help = false;
  bool version = false;
};

[[nodiscard]] Result<Options> parse_options(int argc, char** argv);
[[nodiscard]] const char* help_text();

}  // namespace dsn::agent
