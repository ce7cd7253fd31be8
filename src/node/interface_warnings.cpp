// SPDX-License-Identifier: Apache-2.0
#include "node/interface_warnings.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/duration.hpp"
#include "node/shown_node.hpp"

namespace dsn::node {
namespace {

// Nodes are heard by multicast once a minute, however quiet the network is. A switch that snoops
// forgets a group after 260 s (RFC 2236, 8.4).
constexpr Duration kMulticastPatience = 5min;

bool can_carry(const net::InterfacePlan& plan) {
  return plan.interface.up && plan.interface.carrier;
}

/// Two families may fail on several interfaces: one warning for each interface.
void warn_of_groups(const InterfaceFacts& facts, std::vector<Warning>& warnings) {
  for (const InterfaceStatus& one : facts.status) {
    if (!one.problem.starts_with(net::kCannotJoin)) continue;
    warnings.push_back({"group-not-joined", one.name, fmt::format("{}: {}", one.name, one.problem),
                        "until that is mended no multicast is heard there: nodes that start later "
                        "find this one only by bootstrap_nodes"});
  }
}

void warn_of_ports(const InterfaceFacts& facts, std::vector<Warning>& warnings) {
  for (const net::InterfacePlan& plan : facts.plans) {
    const net::Interface& port = plan.interface;
    if (port.master.empty()) continue;
    warnings.push_back(
        {"bridge-port", port.name,
         fmt::format("`interfaces` names {}, which is a port of {}: what arrives on it is heard on "
                     "{} alone",
                     port.name, port.master, port.master),
         fmt::format("name {} in `interfaces` instead", port.master)});
  }
}

bool another_leads_to(const InterfaceFacts& facts, const Endpoint& endpoint) {
  return std::ranges::any_of(facts.plans, [&](const net::InterfacePlan& plan) {
    return can_carry(plan) && net::is_on_link(plan.interface.links, endpoint);
  });
}

/// The kernel goes on to send by an interface that has an address and no cable.
void warn_of_carriers(const InterfaceFacts& facts, std::vector<Warning>& warnings) {
  constexpr std::size_t kNamed = 5;
  for (const net::InterfacePlan& plan : facts.plans) {
    if (!plan.interface.up || plan.interface.carrier) continue;
    std::string missed;
    std::size_t count = 0;
    for (const InterfaceFacts::Missed& node : facts.missed) {
      if (!net::is_on_link(plan.interface.links, node.endpoint) ||
          another_leads_to(facts, node.endpoint)) {
        continue;
      }
      if (++count <= kNamed) missed += (missed.empty() ? "" : ", ") + node.label;
    }
    if (count == 0) continue;
    if (count > kNamed) missed += fmt::format(" and {} more", count - kNamed);
    warnings.push_back({"no-carrier", plan.interface.name,
                        fmt::format("{} has no carrier, and the way to {} leads over it",
                                    plan.interface.name, missed),
                        "see to its cable and its switch, or to the Wi-Fi that it belongs to"});
  }
}

bool has_peer_on(const InterfaceFacts& facts, const net::Interface& interface) {
  return std::ranges::any_of(facts.reached, [&](const Endpoint& endpoint) {
    return net::is_on_link(interface.links, endpoint);
  });
}

/// Multicast stops where a switch or an access point does not pass it on, although the group is
/// joined.
void warn_of_unheard_multicast(const InterfaceFacts& facts, std::vector<Warning>& warnings) {
  if (facts.up < kMulticastPatience) return;
  for (const net::InterfacePlan& plan : facts.plans) {
    if (plan.interface.loopback || !has_peer_on(facts, plan.interface)) continue;
    const auto one = std::ranges::find(facts.status, plan.interface.name, &InterfaceStatus::name);
    if (one == facts.status.end() || !(one->ipv4_joined || one->ipv6_joined)) continue;
    const bool never = !one->heard_ago;
    if (!never && *one->heard_ago < std::chrono::milliseconds(to_ms(kMulticastPatience))) continue;
    warnings.push_back(
        {"multicast-unheard", one->name,
         fmt::format("no multicast of another machine was heard on {} {}, though nodes are there",
                     one->name,
                     never ? "since this agent started"
                           : fmt::format("for {}", rounded_duration_text(*one->heard_ago))),
         "a switch or access point does not pass multicast on (IGMP snooping without a querier, "
         "client isolation), or a firewall here stops UDP 17374; new nodes then need "
         "bootstrap_nodes"});
  }
}

bool is_missed(const core::Peer& peer) {
  return peer.life.state == core::PeerState::late || peer.life.state == core::PeerState::gone ||
         peer.life.state == core::PeerState::awaited;
}

}  // namespace

InterfaceFacts interface_facts(const NodeRuntime& node, Instant now) {
  InterfaceFacts facts;
  facts.plans = node.transport()->plans();
  facts.status = node.interfaces();
  facts.up = now - node.started();
  for (const auto& peer : node.core().peers().all()) {
    if (is_missed(*peer)) {
      facts.missed.push_back({shown_peer(node.core(), *peer, now).label, peer->path.last()});
    } else if (peer->reachable()) {
      facts.reached.push_back(peer->path.endpoint);
    }
  }
  return facts;
}

std::vector<Warning> interface_warnings(const InterfaceFacts& facts) {
  std::vector<Warning> warnings;
  warn_of_groups(facts, warnings);
  warn_of_ports(facts, warnings);
  warn_of_carriers(facts, warnings);
  warn_of_unheard_multicast(facts, warnings);
  return warnings;
}

}  // namespace dsn::node
