// SPDX-License-Identifier: Apache-2.0
#include "agent/late_watch.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "node/clock.hpp"

namespace dsn::agent {
namespace {

// The timer wakes at least this often: a timer of centuries would overflow.
constexpr Duration kTimerMax = std::chrono::hours(1);

}  // namespace

LateWatch::LateWatch(asio::io_context& io, local::Backend& backend, Tell tell)
    : backend_(backend), tell_(std::move(tell)), timer_(io) {}

void LateWatch::start() {
  if (readings_) return;
  readings_.emplace(backend_, node::now());
  arm();
}

void LateWatch::handle_event(const NodeEvent& event) {
  start();
  for (const NodeEvent& told : readings_->handle_event(event, node::now())) tell_(told);
  arm();
}

void LateWatch::stop() {
  readings_.reset();
  armed_for_ = kNever;
  timer_.cancel();
}

// Most events change nothing about when the timer is due.
void LateWatch::arm() {
  const Instant due = readings_->next_due();
  if (due == armed_for_) return;
  armed_for_ = due;
  timer_.cancel();
  if (due == kNever) return;
  timer_.expires_after(std::clamp(due - node::now(), Duration(0), kTimerMax));
  timer_.async_wait(alive_.guard(this, &LateWatch::handle_timer));
}

void LateWatch::handle_timer(const std::error_code& error) {
  if (error || !readings_) return;
  armed_for_ = kNever;
  for (const NodeEvent& event : readings_->handle_due(node::now())) tell_(event);
  if (readings_) arm();
}

}  // namespace dsn::agent
