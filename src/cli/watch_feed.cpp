// SPDX-License-Identifier: Apache-2.0
#include "cli/watch_feed.hpp"

#include <utility>

#include "cli/demo/demo_folder.hpp"

namespace dsn::cli {

Error WatchFeed::close(const std::string& why) {
  events_.reset();
  readings_.reset();
  return {why};
}

Result<void> WatchFeed::open() {
  if (events_ && readings_) return {};
  if (agent_.demo) {
    if (const auto demo = DemoFolder::find(); demo) {
      if (auto socket = demo->first_socket()) socket_ = *std::move(socket);
    }
  }
  return connect_both();
}

Result<void> WatchFeed::connect_both() {
  auto events = Client::connect(socket_);
  if (!events) return close(events.error());
  auto readings = Client::connect(socket_);
  if (!readings) return close(readings.error());
  // Subscribe before reading, so that no change in between goes unnoticed.
  if (const auto subscribed = events->subscribe(query_); !subscribed)
    return close(subscribed.error());
  events_ = std::move(events).value();
  readings_ = std::move(readings).value();
  return {};
}

Result<std::vector<Reading>> WatchFeed::read() {
  if (!readings_) return Error{"not connected"};
  auto readings = readings_->read(query_);
  if (!readings) return close(readings.error());
  return readings;
}

Result<std::vector<NodeInfo>> WatchFeed::nodes() {
  if (!readings_) return Error{"not connected"};
  auto nodes = readings_->nodes();
  if (!nodes) return close(nodes.error());
  return nodes;
}

Result<std::optional<NodeEvent>> WatchFeed::next_event(std::chrono::milliseconds timeout) {
  if (!events_) return Error{"not connected"};
  auto event = events_->next_event(timeout);
  if (!event) return close(event.error());
  return event;
}

}  // namespace dsn::cli
