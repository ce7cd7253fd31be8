// SPDX-License-Identifier: Apache-2.0
// What the service manager is told while the agent runs.
#include <algorithm>
#include <set>

#include "agent/agent.hpp"
#include "agent/service_status.hpp"
#include "node/clock.hpp"
#include "node/readings_view.hpp"

namespace dsn::agent {
namespace {

/// How many of the sensors that do not fail have a value that is late: they are waited for.
std::size_t late_count(const std::vector<SensorStatus>& sensors,
                       const std::vector<Reading>& readings) {
  std::set<std::string> late;
  for (const Reading& reading : readings) {
    if (reading.freshness != Freshness::late) continue;
    for (const SensorStatus& sensor : sensors) {
      const bool is_its = reading.key == sensor.key || reading.key.starts_with(sensor.key + "/");
      if (is_its && sensor.error.empty()) late.insert(sensor.key);
    }
  }
  return late.size();
}

}  // namespace

std::string Agent::service_line() const {
  const std::vector<SensorStatus> sensors = sampler_.status();
  ServiceFacts facts;
  facts.has_network_key = credentials_.network_key.has_value();
  for (const auto& peer : node_.peers().all()) {
    if (peer->state != core::PeerState::met && peer->reachable()) ++facts.peers;
  }
  facts.sensors = sensors.size();
  facts.sensors_failing = static_cast<std::size_t>(std::ranges::count_if(
      sensors, [](const SensorStatus& sensor) { return !sensor.error.empty(); }));
  facts.sensors_late = late_count(
      sensors, node::readings(node_, {.node = node_.self().id().hex(), .key = {}}, node::now()));
  facts.multicast = config_.multicast;
  if (transport_) facts.interfaces = transport_->interfaces();
  facts.problem = transport_problem_;
  return service_status(facts);
}

void Agent::tell_service_manager() {
  if (service_.update_due(node::now())) service_.update(node::now(), service_line());
}

void Agent::arm_watchdog() {
  if (service_.alive_interval() == Duration(0)) return;
  watchdog_timer_.expires_after(service_.alive_interval());
  watchdog_timer_.async_wait([this](const std::error_code& error) { handle_watchdog(error); });
}

void Agent::handle_watchdog(const std::error_code& error) {
  if (error) return;
  service_.alive();
  tell_service_manager();
  arm_watchdog();
}

}  // namespace dsn::agent
