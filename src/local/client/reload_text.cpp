// SPDX-License-Identifier: Apache-2.0
#include "dsn/reload.hpp"

#include <utility>

namespace dsn {

std::string summary(const ReloadReport& report) {
  const std::pair<std::uint32_t, const char*> parts[] = {{report.sensors_added, "added"},
                                                         {report.sensors_removed, "removed"},
                                                         {report.sensors_changed, "changed"},
                                                         {report.sensors_unchanged, "unchanged"}};
  std::string text;
  for (const auto& [count, what] : parts) {
    if (count == 0) continue;
    const char* noun = count == 1 ? " sensor " : " sensors ";
    text += (text.empty() ? "" : ", ") + std::to_string(count) + (text.empty() ? noun : " ") + what;
  }
  if (text.empty()) text = "no sensors";
  for (const std::string& key : report.changed) text += "; " + key + " changed";
  return text;
}

std::string next_start_text(const std::string& key) {
  return key + " changes with the next start of the agent";
}

}  // namespace dsn
