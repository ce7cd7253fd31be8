// SPDX-License-Identifier: Apache-2.0
#include "agent/status_view.hpp"

#include <unistd.h>

#include <algorithm>
#include <iterator>

#include "dsn/version.hpp"
#include "net/interface.hpp"
#include "node/clock.hpp"
#include "node/node_labels.hpp"
#include "node/readings_view.hpp"
#include "node/unheld_states.hpp"

namespace dsn::agent {
namespace {

std::vector<std::string> lost_address(const node::NodeRuntime& node) {
  const std::vector<InterfaceStatus> interfaces = node.interfaces();
  if (std::ranges::none_of(interfaces, [](const InterfaceStatus& interface) {
        return interface.name == net::kLostAddress;
      })) {
    return {};
  }
  return {"no interface has the address " + node.settings().network_ip +
          " (`network_ip`) any more: nothing can be sent until one has it; correct or remove it"};
}

}  // namespace

AgentStatus StatusView::status() const {
  const core::Node& core = of_.node.core();
  const node::NodeCounts counts = node::count_nodes(core);
  AgentStatus status;
  status.version = kVersion;
  status.node = core.self().name();
  status.node_id = core.self().id().hex();
  if (!of_.node.local_only()) status.network = to_hex(core.network_id().bytes);
  status.config_file = of_.config.file;
  status.port = of_.node.port();
  status.pid = static_cast<std::uint32_t>(getpid());
  status.incarnation = core.self().version().incarnation;
  status.state_version = core.self().version().version;
  status.uptime = std::chrono::milliseconds(to_ms(node::now() - of_.node.started()));
  status.nodes_live = counts.live;
  status.nodes_known = counts.known;
  status.keys_held = node::count_keys(core);
  status.replica_bytes = core.replica_bytes();
  status.interfaces = of_.node.interfaces();
  status.sensors = of_.sampler.status();
  status.hooks = of_.hooks.status();
  status.counters = counters();
  status.warnings = warnings();
  return status;
}

std::vector<std::pair<std::string, std::uint64_t>> StatusView::counters() const {
  std::vector<std::pair<std::string, std::uint64_t>> all = of_.node.counters();
  const local::ServerCounters& api = of_.server.counters();
  all.emplace_back("api_connections", api.connections);
  all.emplace_back("api_requests", api.requests);
  all.emplace_back("api_malformed", api.malformed);
  all.emplace_back("api_refused", api.refused);
  all.emplace_back("api_subscribers_dropped", api.subscribers_dropped);
  return all;
}

std::vector<std::string> StatusView::warnings() const {
  const node::NodeRuntime& node = of_.node;
  std::vector<std::string> all = node.credentials().warnings;
  if (node.local_only()) {
    all.push_back("no network key: running local-only; run 'dsn init' or 'dsn join'");
  }
  if (!node.network_problem().empty()) all.push_back(node.network_problem());
  if (!node.port_problem().empty()) all.push_back(node.port_problem());
  std::ranges::move(lost_address(node), std::back_inserter(all));
  if (!node.keeper().problem().empty()) {
    all.push_back("running on in memory: " + node.keeper().problem());
  }
  if (node.core().clone_heard() != Instant{}) {
    all.push_back("another machine runs with the identity of this node (a copied SD card?)");
  }
  std::ranges::move(of_.reloader.warnings(), std::back_inserter(all));
  std::ranges::move(node::conflict_warnings(node.core()), std::back_inserter(all));
  std::ranges::move(node::observer_warnings(node.core()), std::back_inserter(all));
  std::ranges::move(node::memory_warnings(node.core(), node::now()), std::back_inserter(all));
  std::ranges::move(of_.events.warnings(), std::back_inserter(all));
  return all;
}

}  // namespace dsn::agent
