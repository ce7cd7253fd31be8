// SPDX-License-Identifier: Apache-2.0
#include "record/agent_listener.hpp"

#include <thread>
#include <utility>

#include "dsn/version.hpp"

namespace dsn::record {
namespace {

using namespace std::chrono_literals;

constexpr auto kWait = 200ms;
constexpr auto kTryInterval = 1s;

Time present() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

}  // namespace

Result<void> AgentListener::connect() {
  Result<Client> client = Client::connect(socket_);
  if (!client) return client.failure();
  if (auto known = client->hello("dsn-record", kVersion); !known) return known;
  if (auto subscribed = client->subscribe({}, true); !subscribed) return subscribed;
  client_ = *std::move(client);
  if (!problem_.empty()) note_("the agent is there again");
  problem_.clear();
  return {};
}

void AgentListener::lose(const std::string& why) {
  client_.reset();
  if (problem_.empty()) note_(why);
  problem_ = why;
}

void AgentListener::listen() {
  if (!client_) {
    if (const auto connected = connect(); !connected) {
      lose(connected.error());
      std::this_thread::sleep_for(kTryInterval);
      return;
    }
  }
  const Result<std::optional<NodeEvent>> event = client_->next_event(kWait);
  if (!event) return lose(event.error());
  if (*event && (*event)->kind == NodeEvent::Kind::updated && (*event)->reading) {
    recorder_.take(*(*event)->reading, present());
  }
  recorder_.handle_time(Recorder::Clock::now(), present());
}

}  // namespace dsn::record
