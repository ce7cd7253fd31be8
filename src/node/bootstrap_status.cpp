// SPDX-License-Identifier: Apache-2.0
#include "node/bootstrap_status.hpp"

#include <cerrno>
#include <optional>

#include "node/shown_node.hpp"

namespace dsn::node {
namespace {

// The first answers come within a second. A name server may take longer.
constexpr Duration kPatience = 10s;
// Bootstrap nodes are tried once a minute.
constexpr std::chrono::seconds kReportLife{150};

/// The node that answered there last, or is reached there and need not be asked.
std::optional<NodeId> node_at(const core::Node& core, const BootstrapLookup& lookup) {
  std::optional<core::Discovery::BootstrapAnswer> last;
  for (const Endpoint& endpoint : lookup.endpoints) {
    for (const auto& peer : core.peers().all()) {
      if (peer->path.proven() == endpoint) return peer->id;
    }
    const auto answer = core.bootstrap_answer(endpoint);
    if (answer && (!last || answer->at > last->at)) last = answer;
  }
  return last ? std::optional(last->node) : std::nullopt;
}

void describe_node(const core::Node& core, const NodeId& id, Instant now, BootstrapStatus& status) {
  if (id == core.self().id()) {
    status.node = core.self().name();
    status.problem = "it is this node itself";
  } else if (const core::Peer* peer = core.peers().find(id)) {
    const ShownNode shown = shown_peer(core, *peer, now);
    status.node = shown.label;
    if (peer->is_lost()) status.problem = shown.reason.empty() ? "it is gone" : shown.reason;
  }
}

/// What the network says about the datagrams that went there.
std::string silence(const NodeRuntime& node, const BootstrapLookup& lookup) {
  if (node.transport() == nullptr) return kNoAnswer;
  for (const Endpoint& endpoint : lookup.endpoints) {
    const auto report = node.transport()->counted().reports().latest(endpoint, kReportLife);
    if (!report) continue;
    if (report->error == ECONNREFUSED) return "nobody listens on that port there (ECONNREFUSED)";
    if (report->error == EHOSTUNREACH) {
      return std::string(kNoAnswer) + ": no machine has this address (EHOSTUNREACH)";
    }
  }
  return kNoAnswer;
}

}  // namespace

std::vector<BootstrapStatus> bootstrap_status(const NodeRuntime& node, Instant now) {
  std::vector<BootstrapStatus> all;
  for (const BootstrapLookup& lookup : node.bootstraps()) {
    BootstrapStatus status{.address = lookup.node.address, .port = lookup.node.port};
    status.tried_for = std::chrono::milliseconds(to_ms(now - lookup.since));
    if (const auto id = node_at(node.core(), lookup)) {
      describe_node(node.core(), *id, now, status);
    } else if (!lookup.problem.empty()) {
      status.problem = lookup.problem;
    } else if (now - lookup.since > kPatience) {
      status.problem = silence(node, lookup);
    }
    all.push_back(std::move(status));
  }
  return all;
}

}  // namespace dsn::node
