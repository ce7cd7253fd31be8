// SPDX-License-Identifier: Apache-2.0
// Other processes, as an operator knows them.
#pragma once

#include <fstream>
#include <string>

namespace dsn::inline base {

/// "dsn-agent (process 812)"; "another program (process 812)" if its name cannot be read.
[[nodiscard]] inline std::string process_text(int process) {
  const std::string number = std::to_string(process);
  std::ifstream file("/proc/" + number + "/comm");
  std::string name;
  if (!std::getline(file, name) || name.empty()) name = "another program";
  return name + " (process " + number + ")";
}

}  // namespace dsn::inline base
