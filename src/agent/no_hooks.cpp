// SPDX-License-Identifier: Apache-2.0
// In place of hooks.cpp in a build without them, whose configuration has none.
#include "agent/hooks.hpp"

namespace dsn::agent {

Hooks::Hook::~Hook() = default;
Hooks::Hooks(asio::io_context& io, HookRule::Lookup lookup)
    : io_(io), lookup_(std::move(lookup)), timer_(io) {}
Hooks::~Hooks() = default;

void Hooks::configure(const std::vector<config::HookConfig>& /*hooks*/,
                      const std::function<std::vector<NodeEvent>()>& /*present*/) {}
void Hooks::handle_event(const NodeEvent& /*event*/) {}
void Hooks::stop() {}
std::vector<HookStatus> Hooks::status() const { return {}; }

}  // namespace dsn::agent
