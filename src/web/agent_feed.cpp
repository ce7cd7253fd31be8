// SPDX-License-Identifier: Apache-2.0
#include "web/agent_feed.hpp"

#include <utility>

#include "dsn/version.hpp"

namespace dsn::web {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

// Also how long the end of the program waits for this thread.
constexpr auto kEventWait = 200ms;
// Round trips, losses and addresses have no events.
constexpr auto kNodesInterval = 2s;
constexpr auto kTryInterval = 1s;

bool is_about_node(const NodeEvent& event) {
  return event.key.empty() && event.kind != NodeEvent::Kind::snapshot;
}

}  // namespace

AgentFeed::AgentFeed(Picture& picture, std::string socket)
    : picture_(picture), socket_(std::move(socket)), thread_([this] { run(); }) {}

AgentFeed::~AgentFeed() {
  stopping_ = true;
  thread_.join();
}

void AgentFeed::run() {
  while (!stopping_) {
    Result<Connections> agent = connect();
    const Result<void> ended = agent ? follow(*agent) : Result<void>(agent.failure());
    if (!ended) picture_.set_lost(ended.error(), Clock::now());
    if (!stopping_) wait_before_next_try();
  }
}

void AgentFeed::wait_before_next_try() {
  const auto until = Clock::now() + kTryInterval;
  while (!stopping_ && Clock::now() < until) std::this_thread::sleep_for(kEventWait);
}

Result<AgentFeed::Connections> AgentFeed::connect() const {
  Result<Client> events = Client::connect(socket_);
  if (!events) return events.failure();
  Result<Client> questions = Client::connect(socket_);
  if (!questions) return questions.failure();
  if (auto known = questions->hello("dsn-web", kVersion); !known) return known.failure();
  if (auto subscribed = events->subscribe({}, true); !subscribed) return subscribed.failure();
  return Connections{std::move(*events), std::move(*questions)};
}

Result<void> AgentFeed::follow(Connections& agent) {
  picture_.begin_present();
  if (auto seen = look_at_nodes(agent); !seen) return seen;
  while (!stopping_) {
    Result<std::optional<NodeEvent>> event = agent.events.next_event(kEventWait);
    if (!event) return event.failure();
    if (*event) {
      if (auto taken = take(agent, **event); !taken) return taken;
    }
    if (Clock::now() >= nodes_due_) {
      if (auto seen = look_at_nodes(agent); !seen) return seen;
    }
  }
  return {};
}

// What becomes of a node changes what its readings are worth.
Result<void> AgentFeed::take(Connections& agent, const NodeEvent& event) {
  const auto now = Clock::now();
  if (event.kind == NodeEvent::Kind::snapshot) {
    picture_.end_present();
    picture_.set_connected(now);
  } else if (event.reading) {
    picture_.put(*event.reading, now);
  } else if (event.kind == NodeEvent::Kind::removed) {
    picture_.remove(event.node_id, event.key);
  }
  if (!is_about_node(event)) return {};
  Result<std::vector<Reading>> readings = agent.questions.read({.node = event.node_id});
  if (!readings) return readings.failure();
  for (const Reading& reading : *readings) picture_.put(reading, now);
  return look_at_nodes(agent);
}

Result<void> AgentFeed::look_at_nodes(Connections& agent) {
  Result<std::vector<NodeInfo>> nodes = agent.questions.nodes();
  if (!nodes) return nodes.failure();
  picture_.put_nodes(*nodes, Clock::now());
  nodes_due_ = Clock::now() + kNodesInterval;
  return {};
}

}  // namespace dsn::web
