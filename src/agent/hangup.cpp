// SPDX-License-Identifier: Apache-2.0
#include "agent/hangup.hpp"

#include <chrono>
#include <csignal>
#include <utility>

namespace dsn::agent {
namespace {

// Signals within this time are answered once.
constexpr std::chrono::milliseconds kGather{100};

}  // namespace

Hangup::Hangup(asio::io_context& io) : signals_(io, SIGHUP), timer_(io) {}

void Hangup::start(std::function<void()> handle) {
  handle_ = std::move(handle);
  await_signal();
}

void Hangup::await_signal() { signals_.async_wait(alive_.guard(this, &Hangup::handle_signal)); }

void Hangup::handle_signal(const std::error_code& error, int /*signal*/) {
  if (error) return;
  await_signal();
  if (std::exchange(pending_, true)) return;
  timer_.expires_after(kGather);
  timer_.async_wait(alive_.guard(this, &Hangup::handle_due));
}

void Hangup::handle_due(const std::error_code& error) {
  if (error) return;
  pending_ = false;
  handle_();
}

}  // namespace dsn::agent
