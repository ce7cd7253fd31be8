// SPDX-License-Identifier: Apache-2.0
// What the local API speaks about, as JSON and back: one definition for the server and the client
// (docs/local-api.md). The order of the members is part of the API.
#pragma once

#include <optional>

#include "dsn/client.hpp"
#include "dsn/reading.hpp"
#include "dsn/reload.hpp"
#include "dsn/status.hpp"
#include "local/json/json_codec.hpp"
#include "local/json/wall_clock.hpp"

namespace dsn::local {

[[nodiscard]] JsonOut reading_to_json(const Reading& reading, const WallClock& clock);
[[nodiscard]] JsonOut node_to_json(const NodeInfo& node);
[[nodiscard]] JsonOut event_to_json(const NodeEvent& event, const WallClock& clock);
[[nodiscard]] JsonOut status_to_json(const AgentStatus& status);
[[nodiscard]] JsonOut reload_to_json(const ReloadReport& report);
[[nodiscard]] JsonOut set_request_to_json(const SetRequest& request);

/// Nothing if a member is missing or wrong; members that they do not know are ignored, so that an
/// older client can talk to a newer agent.
[[nodiscard]] std::optional<Reading> reading_from_json(const JsonIn& json);
[[nodiscard]] std::optional<NodeInfo> node_from_json(const JsonIn& json);
[[nodiscard]] std::optional<NodeEvent> event_from_json(const JsonIn& json);
[[nodiscard]] std::optional<AgentStatus> status_from_json(const JsonIn& json);
[[nodiscard]] std::optional<ReloadReport> reload_from_json(const JsonIn& json);

/// Strict, because a person may have typed it: an unknown member is an error too, and the error
/// says which.
[[nodiscard]] Result<SetRequest> set_request_from_json(const JsonIn& json);

}  // namespace dsn::local
