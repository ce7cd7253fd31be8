// SPDX-License-Identifier: Apache-2.0
// What an agent did when it read its configuration again.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dsn {

struct ReloadReport {
  bool applied = false;  ///< false: nothing changed, for the reasons in `errors`
  std::uint32_t sensors_added = 0;
  std::uint32_t sensors_removed = 0;
  std::uint32_t sensors_changed = 0;      ///< closed and opened anew
  std::uint32_t sensors_unchanged = 0;    ///< went on undisturbed
  std::vector<std::string> changed{};     ///< other keys of the file whose new value is in effect
  std::vector<std::string> next_start{};  ///< keys whose new value takes effect at the next start
  std::vector<std::string> errors{};      ///< sentences that begin with file:line:column
  std::vector<std::string> warnings{};    ///< sentences that begin with file:line:column
};

/// One line of what changed: "2 sensors added, 1 removed, 3 unchanged; hooks changed"
[[nodiscard]] std::string summary(const ReloadReport& report);

/// The sentence for an element of `next_start`: "node_id changes with the next start of the agent"
[[nodiscard]] std::string next_start_text(const std::string& key);

}  // namespace dsn
