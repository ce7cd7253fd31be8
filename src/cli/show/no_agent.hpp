// SPDX-License-Identifier: Apache-2.0
// What is said when no agent answers.
#pragma once

#include <string>

#include "dsn/result.hpp"

namespace dsn::cli {

/// Where the agent of the service listens.
inline constexpr const char* kServiceSocket = "/run/dsn/agent.sock";

/// Whether the agent of this machine is a service of systemd. `root` stands before /etc and /lib.
[[nodiscard]] bool has_service(const std::string& root = {});

/// Why, and what to do. `service`: the agent that does not answer is the one of the service.
/// "the agent is not running. Start it: sudo systemctl start dsn-agent. Why it ended: ..."
[[nodiscard]] std::string no_agent_text(const Error& error, bool service);

}  // namespace dsn::cli
