// SPDX-License-Identifier: Apache-2.0
// The words of the API for the enumerations of dsn/reading.hpp, read back.
#pragma once

#include <optional>
#include <string_view>

#include "dsn/client.hpp"
#include "dsn/reading.hpp"

namespace dsn::local {

[[nodiscard]] std::optional<Freshness> freshness_from(std::string_view word);
[[nodiscard]] std::optional<NodeState> node_state_from(std::string_view word);
[[nodiscard]] std::optional<ForgetOutcome> forget_outcome_from(std::string_view word);
[[nodiscard]] std::optional<NodeEvent::Kind> event_kind_from(std::string_view word);

}  // namespace dsn::local
