// SPDX-License-Identifier: Apache-2.0
// In place of hooks.cpp in a build without them, whose configuration has none.
#include "agent/hooks.hpp"

namespace dsn::agent {

Hooks::Hook::~Hook() = default;
Hooks::Hooks(asio::io_context& io, HookSources sources)
    : io_(io), sources_(std::move(sources)), timer_(io) {}
Hooks::~Hooks() = default;

void Hooks::configure(const std::vector<config::HookConfig>& /*hooks*/,
                      const std::vector<config::HookConfig>& /*commands*/) {}
void Hooks::handle_event(const NodeEvent& /*event*/) {}
node::MessageVerdict Hooks::handle_message(const Message& /*message*/) { return {}; }
void Hooks::stop() {}
std::vector<HookStatus> Hooks::status() const { return {}; }

}  // namespace dsn::agent
