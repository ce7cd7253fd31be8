// SPDX-License-Identifier: Apache-2.0
// Goal: whatever stands in a configuration, the answer is a Config or findings with a place.
#include "config/load.hpp"

#include "base/check.hpp"
#include "fuzz/input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto result = dsn::config::load_text(text, "/etc/dsn/agent.yaml");
  for (const auto* findings : {&result.errors, &result.warnings}) {
    for (const dsn::config::Finding& finding : *findings) {
      DSN_CHECK(!finding.message.empty());
      DSN_CHECK(finding.position.line >= 0 && finding.position.column >= 0);
      // One finding is one line in the journal.
      DSN_CHECK(finding.to_string().find('\n') == std::string::npos);
    }
  }
  if (!result.errors.empty()) return 0;
  DSN_CHECK(!result.config.node_id.empty());
  for (const dsn::config::SensorConfig& sensor : result.config.sensors) {
    DSN_CHECK(!sensor.key.empty() && sensor.key.size() <= 64);
    DSN_CHECK(sensor.every >= std::chrono::milliseconds(100));
    DSN_CHECK(sensor.every <= std::chrono::hours(24));
    DSN_CHECK(sensor.driver != "exec" || !sensor.command.empty());
  }
  return 0;
}
