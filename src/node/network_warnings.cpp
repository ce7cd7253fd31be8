// SPDX-License-Identifier: Apache-2.0
#include "node/network_warnings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <optional>

#include "base/duration.hpp"
#include "net/socket_address.hpp"
#include "node/bootstrap_status.hpp"
#include "node/connection_table.hpp"
#include "node/drop_warnings.hpp"
#include "node/interface_warnings.hpp"
#include "node/peer_warnings.hpp"

namespace dsn::node {
namespace {

// Others are met within a second or two; a switch may need half a minute to forward anything.
constexpr Duration kAlonePatience = 45s;
constexpr std::chrono::minutes kRefusedLife{2};
// One is refused now and then while addresses change.
constexpr std::uint64_t kRefusedMin = 2;
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

/// The interfaces on which nodes are not looked for.
std::string left_out(const NodeRuntime& node) {
  std::string names;
  for (const InterfaceStatus& one : node.interfaces()) {
    if (!one.left_out.empty()) names += (names.empty() ? "" : ", ") + one.name;
  }
  return names.empty() ? "" : fmt::format("; left out here: {} ('dsn status' says why)", names);
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
           paste + left_out(node)});
}

/// Two networks beside each other are in order, and one node alone is mostly a mistake.
void warn_of_other_networks(const NodeRuntime& node, Instant now, std::vector<Warning>& warnings) {
  const bool is_alone = node.core().peers().members().all().empty();
  for (const HeardNetwork& one : node.network_calls().heard(now)) {
    if (!is_alone && one.nodes != 1) continue;
    if (node.core().keyring().is_ours(one.id)) continue;
    const std::string id = to_hex(one.id.bytes);
    warnings.push_back(
        {"another-network", id,
         fmt::format("another DSN network, {} ({} node{}), is{} at {}, heard {} ago; this one is "
                     "{} ({} node{})",
                     id, one.nodes, one.nodes == 1 ? "" : "s",
                     one.interface_name.empty() ? "" : " on " + one.interface_name,
                     one.at.to_string(), span_text(now - one.last),
                     to_hex(node.core().network_id().bytes),
                     node.core().peers().members().all().size() + 1, is_alone ? "" : "s"),
         "if the two belong together, one has the wrong network key: run 'dsn join --replace' "
         "there; if not, "
         "leave it so"});
  }
}

std::string forbidden_cause() {
  const std::optional<ConnectionTable> table = connection_table();
  if (!table) return "a firewall on this machine (its output)";
  const std::string fill = fmt::format("{} of {} connections", table->count, table->max);
  return table->is_full()
             ? fmt::format(
                   "its table of connections is full ({}): raise net.netfilter."
                   "nf_conntrack_max",
                   fill)
             : fmt::format(
                   "a firewall on this machine (its output); its table of connections is "
                   "not full ({})",
                   fill);
}

std::string refusal_cause(int error) {
  switch (error) {
    case EPERM:
      return forbidden_cause();
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
    const bool has_passed = now - failure.last > kRefusedLife || failure.count < kRefusedMin;
    if (has_passed || failure.error == EAFNOSUPPORT) continue;
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
    const bool silent = bootstrap.problem.starts_with(kNoAnswer);
    warnings.push_back(
        {silent ? "bootstrap-silent" : "bootstrap-unusable", name,
         fmt::format("bootstrap node {}: {} for {}", name, bootstrap.problem,
                     span_text(bootstrap.tried_for)),
         silent ? "it is off, has another network key or port, a firewall stops UDP there, or its "
                  "whitelist_node_ids leaves this node out"
                : "correct bootstrap_nodes, or see to it that the node runs"});
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
  const auto add = [&warnings](std::vector<Warning> more) {
    std::ranges::move(more, std::back_inserter(warnings));
  };
  warn_if_alone(node, now, warnings);
  warn_of_other_networks(node, now, warnings);
  warn_of_refused_sends(node, warnings);
  warn_of_bootstraps(node, now, warnings);
  add(peer_warnings(node.core(), node.port(), now));
  add(interface_warnings(interface_facts(node, now)));
  warn_of_overflows(node, warnings);
  warn_of_failed_seals(node, warnings);
  add(drop_warnings(node.core(), now));
  return warnings;
}

}  // namespace dsn::node
