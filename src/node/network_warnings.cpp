// SPDX-License-Identifier: Apache-2.0
#include "node/network_warnings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <iterator>

#include "base/duration.hpp"
#include "net/socket_address.hpp"
#include "node/bootstrap_status.hpp"
#include "node/drop_warnings.hpp"
#include "node/half_met_view.hpp"

namespace dsn::node {
namespace {

// Others are met within a second or two; a switch may need half a minute to forward anything.
constexpr Duration kAlonePatience = 45s;
// Nodes are heard by multicast once a minute, however quiet the network is.
constexpr Duration kMulticastPatience = 5min;
constexpr std::chrono::minutes kRefusedLife{2};
constexpr std::chrono::minutes kOverflowLife{5};

std::string span_text(Duration span) {
  return rounded_duration_text(std::chrono::milliseconds(to_ms(span)));
}

/// An address of this node that others may write into their bootstrap_nodes.
std::string own_address(const NodeRuntime& node) {
  for (const net::InterfacePlan& plan : node.transport()->plans()) {
    if (plan.ipv4 && !plan.interface.loopback) {
      Endpoint address = *plan.ipv4;
      address.port = node.port();
      return net::address_text(address);
    }
  }
  return "";
}

bool hears_others(const NodeRuntime& node) {
  return !node.core().drop_senders().all().empty() ||
         node.core().counters()[core::Counter::frames_in] > 0 ||
         std::ranges::any_of(node.interfaces(), [](const InterfaceStatus& interface) {
           return interface.heard_ago.has_value();
         });
}

void warn_if_alone(const NodeRuntime& node, Instant now, std::vector<Warning>& warnings) {
  const Duration up = now - node.started();
  if (up < kAlonePatience || !node.core().peers().members().all().empty()) return;
  const std::string address = own_address(node);
  const std::string paste =
      address.empty() ? "" : fmt::format("; this node can be named there as {}", address);
  if (hears_others(node)) {
    warnings.push_back({"alone", "",
                        fmt::format("no other node is in contact with this one for {}, though "
                                    "other machines are heard",
                                    span_text(up)),
                        "see the other warnings, and 'dsn status' on the other machines" + paste});
    return;
  }
  warnings.push_back(
      {"alone", "",
       fmt::format("no other node was found within {}: nothing comes in from other machines",
                   span_text(up)),
       "if other nodes run: they have another network key or are in another network (VLAN, guest "
       "Wi-Fi), a firewall stops UDP 17373 and 17374, or a switch or access point stops multicast; "
       "name a node of the network in bootstrap_nodes" +
           paste});
}

std::string refusal_cause(int error) {
  switch (error) {
    case EPERM:
      return "a firewall on this machine (its output), or its table of connections is full";
    case ENETUNREACH:
    case EHOSTUNREACH:
      return "no route leads there: it is in another subnet, or this machine got no address by "
             "DHCP";
    case EMSGSIZE:
      return "the network on the way takes only smaller datagrams";
    case ENOBUFS:
      return "the network card takes no more: the link is down or too slow";
    default:
      return "run 'ip route get ADDRESS'";
  }
}

void warn_of_refused_sends(const NodeRuntime& node, std::vector<Warning>& warnings) {
  const auto now = std::chrono::steady_clock::now();
  for (const net::SendFailure& failure : node.transport()->counted().send_failures().all()) {
    if (now - failure.last > kRefusedLife || failure.error == EAFNOSUPPORT) continue;
    warnings.push_back(
        {"send-refused", failure.to.to_string(),
         fmt::format("the system refuses what is sent to {}: {} ({} times, last {} ago)",
                     failure.to.to_string(), net::errno_name(failure.error), failure.count,
                     span_text(std::chrono::duration_cast<Duration>(now - failure.last))),
         refusal_cause(failure.error)});
  }
}

void warn_of_bootstraps(const NodeRuntime& node, Instant now, std::vector<Warning>& warnings) {
  for (const BootstrapStatus& bootstrap : bootstrap_status(node, now)) {
    if (bootstrap.problem.empty() || bootstrap.node == node.core().self().name()) continue;
    const std::string name = fmt::format("{}:{}", bootstrap.address, bootstrap.port);
    const bool silent = bootstrap.problem == "no answer";
    warnings.push_back(
        {silent ? "bootstrap-silent" : "bootstrap-unusable", name,
         fmt::format("bootstrap node {}: {} for {}", name, bootstrap.problem,
                     span_text(bootstrap.tried_for)),
         silent ? "it is off, has another network key or port, a firewall stops UDP there, or its "
                  "whitelist_node_ids leaves this node out"
                : "correct bootstrap_nodes, or see to it that the node runs"});
  }
}

void warn_of_half_met(const NodeRuntime& node, Instant now, std::vector<Warning>& warnings) {
  constexpr std::size_t kNamed = 8;
  std::string left_out;
  std::size_t left_out_count = 0;
  for (const HalfMetNode& one : half_met(node.core(), now)) {
    if (!one.left_out) {
      warnings.push_back(
          {"half-met", one.node,
           fmt::format("{} is heard at {}{} and does not answer: {} times in {}, last {} ago",
                       one.node, one.address,
                       one.interface_name.empty() ? "" : " on " + one.interface_name, one.count,
                       rounded_duration_text(one.first_ago), rounded_duration_text(one.heard_ago)),
           fmt::format(
               "a firewall there or on the way stops UDP to {}, one on this machine UDP {}, "
               "or its whitelist_node_ids leaves this node out",
               one.address, node.port())});
    } else if (++left_out_count <= kNamed) {
      left_out +=
          fmt::format("{}{} ({}, {} times, last {} ago)", left_out.empty() ? "" : ", ", one.node,
                      one.address, one.count, rounded_duration_text(one.heard_ago));
    }
  }
  if (left_out_count == 0) return;
  if (left_out_count > kNamed) left_out += fmt::format(" and {} more", left_out_count - kNamed);
  warnings.push_back(
      {"not-listed", "",
       fmt::format("nodes ask to be let in that whitelist_node_ids leaves out: {}", left_out),
       "add their names to whitelist_node_ids, or leave it so"});
}

bool has_peer_on(const NodeRuntime& node, const net::Interface& interface) {
  return std::ranges::any_of(node.core().peers().all(), [&](const auto& peer) {
    return peer->reachable() && std::ranges::any_of(interface.links, [&](const Prefix& link) {
             return link.contains(peer->path.endpoint);
           });
  });
}

/// Multicast stops where a switch or an access point does not pass it on, although the group is
/// joined.
void warn_of_unheard_multicast(const NodeRuntime& node, Instant now,
                               std::vector<Warning>& warnings) {
  if (now - node.started() < kMulticastPatience) return;
  const std::vector<InterfaceStatus> status = node.interfaces();
  for (const net::InterfacePlan& plan : node.transport()->plans()) {
    if (plan.interface.loopback || !has_peer_on(node, plan.interface)) continue;
    const auto one = std::ranges::find(status, plan.interface.name, &InterfaceStatus::name);
    if (one == status.end() || !(one->ipv4_joined || one->ipv6_joined)) continue;
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

void warn_of_overflows(const NodeRuntime& node, std::vector<Warning>& warnings) {
  const net::NetCounters& counted = node.transport()->counted();
  if (counted.receive_overflows == 0) return;
  const auto ago = std::chrono::steady_clock::now() - counted.last_overflow;
  if (ago > kOverflowLife) return;
  warnings.push_back(
      {"overflow", "",
       fmt::format("{} datagrams came faster than this machine takes them, the last one {} ago",
                   counted.receive_overflows, span_text(std::chrono::duration_cast<Duration>(ago))),
       "this machine was stopped or is too slow, or something floods UDP 17373"});
}

void warn_of_failed_seals(const NodeRuntime& node, std::vector<Warning>& warnings) {
  const std::uint64_t failed = node.core().counters()[core::Counter::seal_failed];
  if (failed == 0) return;
  warnings.push_back({"seal-failed", "",
                      fmt::format("the cryptographic library fails ({} times)", failed),
                      "install dsn and libmbedcrypto again"});
}

}  // namespace

std::vector<Warning> network_warnings(const NodeRuntime& node, Instant now) {
  std::vector<Warning> warnings;
  if (node.transport() == nullptr || !node.network_problem().empty()) return warnings;
  warn_if_alone(node, now, warnings);
  warn_of_refused_sends(node, warnings);
  warn_of_bootstraps(node, now, warnings);
  warn_of_half_met(node, now, warnings);
  warn_of_unheard_multicast(node, now, warnings);
  warn_of_overflows(node, warnings);
  warn_of_failed_seals(node, warnings);
  std::ranges::move(drop_warnings(node.core(), now), std::back_inserter(warnings));
  return warnings;
}

}  // namespace dsn::node
