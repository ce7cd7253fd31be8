// SPDX-License-Identifier: Apache-2.0
#include "agent/service_reporter.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include "agent/service_status.hpp"
#include "node/clock.hpp"
#include "node/network_warnings.hpp"
#include "node/readings_view.hpp"

namespace dsn::agent {
namespace {

/// How many sensors have a value that is late, although their last sample did not fail.
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

ServiceReporter::ServiceReporter(asio::io_context& io, ServiceNotifier& notifier,
                                 const node::NodeRuntime& node, const Sampler& sampler)
    : notifier_(notifier), node_(node), sampler_(sampler), watchdog_timer_(io) {}

void ServiceReporter::start() {
  notifier_.ready(node::now(), status_line());
  arm_watchdog();
}

void ServiceReporter::stop(const std::string& status) {
  notifier_.stopping(status);
  watchdog_timer_.cancel();
  alive_.renew();
}

void ServiceReporter::reloaded() { notifier_.ready(node::now(), status_line()); }

void ServiceReporter::update() {
  if (notifier_.update_due(node::now())) notifier_.update(node::now(), status_line());
}

std::string ServiceReporter::status_line() const {
  const std::vector<SensorStatus> sensors = sampler_.status();
  const std::string own_id = node_.core().self().id().hex();
  ServiceFacts facts;
  facts.has_network_key = !node_.local_only();
  facts.peers = node::count_nodes(node_.core()).live;
  facts.sensors = sensors.size();
  facts.sensors_failing = static_cast<std::size_t>(std::ranges::count_if(
      sensors, [](const SensorStatus& sensor) { return !sensor.error.empty(); }));
  facts.sensors_late = late_count(
      sensors, node::list_readings(node_.core(), {.node = own_id, .key = {}}, node::now()));
  facts.multicast = node_.settings().multicast;
  facts.interfaces = node_.interfaces();
  facts.warnings = node::network_warnings(node_, node::now()).size();
  facts.problem = node_.network_problem();
  return service_status(facts);
}

void ServiceReporter::arm_watchdog() {
  if (notifier_.alive_interval() == Duration(0)) return;
  watchdog_timer_.expires_after(notifier_.alive_interval());
  watchdog_timer_.async_wait(alive_.guard(this, &ServiceReporter::handle_watchdog));
}

void ServiceReporter::handle_watchdog(const std::error_code& error) {
  if (error) return;
  notifier_.alive();
  update();
  arm_watchdog();
}

}  // namespace dsn::agent
