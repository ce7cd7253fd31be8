// SPDX-License-Identifier: Apache-2.0
#include "agent/status_view.hpp"

#include <unistd.h>

#include <algorithm>
#include <iterator>

#include "dsn/version.hpp"
#include "net/interface.hpp"
#include "node/bootstrap_status.hpp"
#include "node/clock.hpp"
#include "node/half_met_view.hpp"
#include "node/key_view.hpp"
#include "node/network_warnings.hpp"
#include "node/node_labels.hpp"
#include "node/readings_view.hpp"
#include "node/unheld_states.hpp"

namespace dsn::agent {
namespace {

bool has_lost_its_address(const node::NodeRuntime& node) {
  const std::vector<InterfaceStatus> interfaces = node.interfaces();
  return std::ranges::any_of(interfaces, [](const InterfaceStatus& interface) {
    return interface.name == net::kLostAddress;
  });
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
  const KeyStatus keys = node::key_status(of_.node, node::now());
  if (!keys.authority.empty()) {
    status.key_epoch = keys.epoch;
    status.lack_key =
        static_cast<std::uint32_t>(std::ranges::count(keys.nodes, false, &KeyHolder::has_key));
  }
  status.interfaces = of_.node.interfaces();
  status.bootstrap_nodes = node::bootstrap_status(of_.node, node::now());
  status.half_met = node::half_met(core, node::now());
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

std::vector<Warning> StatusView::warnings() const {
  const node::NodeRuntime& node = of_.node;
  std::vector<Warning> all;
  for (const std::string& text : node.credentials().warnings) {
    all.push_back({"credentials", "", text, ""});
  }
  if (node.local_only()) {
    all.push_back(
        {"no-key", "", "no network key: running local-only", "run 'dsn init' or 'dsn join'"});
  }
  if (!node.network_problem().empty()) all.push_back({"no-socket", "", node.network_problem(), ""});
  if (!node.port_problem().empty()) all.push_back({"port-taken", "", node.port_problem(), ""});
  if (has_lost_its_address(node)) {
    all.push_back({"address-lost", "",
                   "no interface has the address " + node.settings().network_ip +
                       " (`network_ip`) any more: nothing can be sent until one has it",
                   "correct or remove `network_ip`"});
  }
  if (!node.keeper().problem().empty()) {
    all.push_back({"not-saved", "", "running on in memory: " + node.keeper().problem(), ""});
  }
  const auto add = [&all](std::vector<Warning> more) {
    std::ranges::move(more, std::back_inserter(all));
  };
  for (const std::string& text : of_.reloader.warnings()) all.push_back({"reload", "", text, ""});
  add(node::key_warnings(node));
  add(node::conflict_warnings(node.core()));
  add(node::clone_warnings(node.core(), node::now()));
  add(node::observer_warnings(node.core()));
  add(node::memory_warnings(node.core(), node::now()));
  add(node::network_warnings(node, node::now()));
  return all;
}

}  // namespace dsn::agent
