// SPDX-License-Identifier: Apache-2.0
#include "web/agent_feed.hpp"

#include <utility>

namespace dsn::web {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

// Also how long the end of the program waits for this thread.
constexpr auto kEventWait = 200ms;
// Round trips, losses and addresses have no events.
constexpr auto kNodesInterval = 2s;

bool is_about_node(const NodeEvent& event) {
  return event.key.empty() && event.kind != NodeEvent::Kind::snapshot;
}

}  // namespace

AgentFeed::AgentFeed(Picture& picture, std::string socket)
    : picture_(picture),
      follower_(std::move(socket), "dsn-web", *this),
      thread_([this] { run(); }) {}

AgentFeed::~AgentFeed() {
  stopping_ = true;
  thread_.join();
}

void AgentFeed::run() {
  while (!stopping_) follower_.follow(kEventWait);
}

void AgentFeed::lose(const std::string& why) { picture_.set_lost(why, Clock::now()); }

Result<void> AgentFeed::begin(Client& agent) {
  changed_nodes_.clear();
  picture_.begin_present();
  return look_at_nodes(agent);
}

void AgentFeed::handle_event(const NodeEvent& event) {
  const auto now = Clock::now();
  if (event.kind == NodeEvent::Kind::snapshot) {
    picture_.end_present();
    picture_.set_connected(now);
  } else if (event.reading) {
    picture_.put(*event.reading, now);
  } else if (event.kind == NodeEvent::Kind::removed) {
    picture_.remove(event.node_id, event.key);
  }
  if (is_about_node(event)) changed_nodes_.insert(event.node_id);
}

Result<void> AgentFeed::handle_time(Client& agent) {
  if (auto looked = look_at_changed_nodes(agent); !looked) return looked;
  return Clock::now() < nodes_due_ ? Result<void>{} : look_at_nodes(agent);
}

// What becomes of a node changes what its readings are worth.
Result<void> AgentFeed::look_at_changed_nodes(Client& agent) {
  if (changed_nodes_.empty()) return {};
  for (const std::string& node : std::exchange(changed_nodes_, {})) {
    const Result<std::vector<Reading>> readings = agent.read({.node = node});
    if (!readings) return readings.failure();
    for (const Reading& reading : *readings) picture_.put(reading, Clock::now());
  }
  return look_at_nodes(agent);
}

Result<void> AgentFeed::look_at_nodes(Client& agent) {
  Result<std::vector<NodeInfo>> nodes = agent.nodes();
  if (!nodes) return nodes.failure();
  picture_.put_nodes(*nodes, Clock::now());
  nodes_due_ = Clock::now() + kNodesInterval;
  return {};
}

}  // namespace dsn::web
