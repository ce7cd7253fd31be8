// SPDX-License-Identifier: Apache-2.0
// What becomes of the wish that an agent read its configuration again.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dsn {

struct ReloadReport {
  bool applied = false;  ///< if not, everything is as it was, for the reasons in `errors`
  std::uint32_t sensors_added = 0;
  std::uint32_t sensors_removed = 0;
  std::uint32_t sensors_changed = 0;  ///< made anew
  std::uint32_t sensors_unchanged = 0;
  std::vector<std::string> changed;     ///< other keys of the file that are in effect now
  std::vector<std::string> next_start;  ///< keys that only the next start of the agent looks at
  std::vector<std::string> errors;      ///< each with file:line:column
  std::vector<std::string> warnings;
};

/// "2 sensors added, 1 removed, 3 unchanged; hooks changed"
[[nodiscard]] std::string summary(const ReloadReport& report);

/// "node_id changes with the next start of the agent"
[[nodiscard]] std::string next_start_text(const std::string& key);

}  // namespace dsn
