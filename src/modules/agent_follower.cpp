// SPDX-License-Identifier: Apache-2.0
#include "modules/agent_follower.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include "dsn/version.hpp"

namespace dsn::modules {
namespace {

using namespace std::chrono_literals;

constexpr auto kTryInterval = 1s;

}  // namespace

Result<void> AgentFollower::connect() {
  Result<Client> agent = Client::connect(socket_);
  if (!agent) return agent.failure();
  if (auto known = agent->hello(program_, kVersion); !known) return known;
  // What is asked after that is answered behind the present, which may be long.
  if (auto begun = listener_.begin(*agent); !begun) return begun;
  if (auto subscribed = agent->subscribe({}, true); !subscribed) return subscribed;
  agent_ = *std::move(agent);
  is_present_told_ = false;
  problem_.clear();
  return {};
}

Result<void> AgentFollower::take_event(std::chrono::milliseconds wait) {
  const Result<std::optional<NodeEvent>> event = agent_->next_event(wait);
  if (!event) return event.failure();
  if (*event) {
    is_present_told_ |= (*event)->kind == NodeEvent::Kind::snapshot;
    listener_.handle_event(**event);
  }
  return is_present_told_ ? listener_.handle_time(*agent_) : Result<void>{};
}

void AgentFollower::lose(const std::string& why) {
  agent_.reset();
  next_try_ = Clock::now() + kTryInterval;
  if (problem_ != why) listener_.lose(why);
  problem_ = why;
}

void AgentFollower::follow(std::chrono::milliseconds wait) {
  if (!agent_) {
    if (const auto now = Clock::now(); now < next_try_) {
      std::this_thread::sleep_for(std::min<Clock::duration>(wait, next_try_ - now));
      return;
    }
    if (const auto connected = connect(); !connected) return lose(connected.error());
  }
  if (const auto taken = take_event(wait); !taken) lose(taken.error());
}

}  // namespace dsn::modules
