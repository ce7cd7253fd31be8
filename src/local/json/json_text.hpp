// SPDX-License-Identifier: Apache-2.0
// The JSON of the local API as lines of text, for programs that print it: the command line shows
// exactly what the agent answers, without knowing a JSON library.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dsn/examination.hpp"
#include "dsn/message.hpp"
#include "dsn/reading.hpp"
#include "dsn/status.hpp"
#include "local/json/wall_clock.hpp"

namespace dsn::local {

[[nodiscard]] std::string reading_json(const Reading& reading, const WallClock& clock);
[[nodiscard]] std::string node_json(const NodeInfo& node);
[[nodiscard]] std::string half_met_json(const HalfMetNode& node);
[[nodiscard]] std::string event_json(const NodeEvent& event, const WallClock& clock);
[[nodiscard]] std::string message_json(const Message& message);
[[nodiscard]] std::string send_report_json(const SendReport& report);
[[nodiscard]] std::string module_json(const ModuleInfo& module);
[[nodiscard]] std::string status_json(const AgentStatus& status);
[[nodiscard]] std::string examination_json(const Examination& examination);

/// The value alone, compact.
[[nodiscard]] std::string value_json(const Value& value);
/// Nothing if the text is not JSON, or JSON that no value can be.
[[nodiscard]] std::optional<Value> parse_json_value(std::string_view text);

}  // namespace dsn::local
