// SPDX-License-Identifier: Apache-2.0
#include "net/multicast_groups.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/check.hpp"
#include "net/port_owner.hpp"
#include "net/socket_address.hpp"

namespace dsn::net {
namespace {

std::string join_problem(const std::string& family, const Endpoint& group, int error) {
  const std::string text = kCannotJoin + ("the " + family + " group: " + errno_name(error));
  if (error == EADDRINUSE) {
    return text + " (" + udp_port_owner(group.port) + " has UDP " + std::to_string(group.port) +
           " and does not share it)";
  }
  if (error == ENOBUFS && group.family == AddressFamily::ipv4) {
    return text + " (too many groups: raise net.ipv4.igmp_max_memberships)";
  }
  return text;
}

}  // namespace

MulticastGroups::MulticastGroups(asio::io_context& io, NetCounters& counters, Family ipv4,
                                 Family ipv6, std::chrono::milliseconds rejoin_interval,
                                 Changed changed)
    : counters_(counters),
      changed_(std::move(changed)),
      watch_(io, counters, rejoin_interval,
             std::bind_front(&MulticastGroups::handle_interfaces, this)),
      ipv4_(io, counters, ipv4.group, std::move(ipv4.read),
            std::bind_front(&InterfaceWatch::schedule_scan, &watch_)),
      ipv6_(io, counters, ipv6.group, std::move(ipv6.read),
            std::bind_front(&InterfaceWatch::schedule_scan, &watch_)) {
  DSN_CHECK(!ipv4_.enabled() ||
            (ipv4.group.family == AddressFamily::ipv4 && ipv4.group.is_multicast()));
  DSN_CHECK(!ipv6_.enabled() || (ipv6.group.is_multicast() && needs_interface(ipv6.group)));
}

void MulticastGroups::open(InterfacePolicy policy) {
  policy_ = std::move(policy);
  watch_.start();  // before the scan, so that no change falls between the two
  ipv4_.open();
  ipv6_.open();
  join_interfaces(InterfaceWatch::Cause::event);
}

void MulticastGroups::set_interfaces(std::vector<std::string> names) {
  policy_.names = std::move(names);
  handle_interfaces(InterfaceWatch::Cause::event);
}

void MulticastGroups::close() {
  watch_.close();
  ipv4_.close();
  ipv6_.close();
  found_.clear();
  plans_.clear();
  joined_.clear();
}

void MulticastGroups::handle_interfaces(InterfaceWatch::Cause cause) {
  if (join_interfaces(cause)) changed_();
}

bool MulticastGroups::join_interfaces(InterfaceWatch::Cause cause) {
  if (const int error = scan_interfaces(found_); error != 0) {
    counters_.add_error(Call::scan, error);
    return false;
  }
  std::vector<InterfacePlan> plans = plan_interfaces(found_, policy_);
  join(plans);
  if (cause == InterfaceWatch::Cause::interval) {
    ipv4_.refresh();
    ipv6_.refresh();
  }
  std::vector<Joined> now_joined = joined(plans);
  const bool changed = plans != plans_ || now_joined != joined_;
  plans_ = std::move(plans);
  joined_ = std::move(now_joined);
  return changed;
}

void MulticastGroups::join(const std::vector<InterfacePlan>& plans) {
  std::vector<unsigned> ipv4;
  std::vector<unsigned> ipv6;
  for (const InterfacePlan& plan : plans) {
    if (plan.ipv4) ipv4.push_back(plan.interface.index);
    if (plan.ipv6) ipv6.push_back(plan.interface.index);
  }
  ipv4_.set_interfaces(ipv4);
  ipv6_.set_interfaces(ipv6);
}

std::vector<MulticastGroups::Joined> MulticastGroups::joined(
    const std::vector<InterfacePlan>& plans) const {
  std::vector<Joined> all;
  for (const InterfacePlan& plan : plans) {
    const unsigned index = plan.interface.index;
    all.push_back({ipv4_.joined(index), ipv6_.joined(index)});
  }
  return all;
}

std::vector<Interface> MulticastGroups::interfaces() const {
  std::vector<Interface> all;
  for (const InterfacePlan& plan : plans_) all.push_back(plan.interface);
  return all;
}

std::vector<Prefix> MulticastGroups::links() const {
  std::vector<Prefix> all;
  for (const InterfacePlan& plan : plans_) {
    all.insert(all.end(), plan.interface.links.begin(), plan.interface.links.end());
  }
  return all;
}

void MulticastGroups::note_heard(unsigned index, const Endpoint& from) {
  if (!is_own(from)) heard_[index] = std::chrono::steady_clock::now();
}

bool MulticastGroups::is_own(const Endpoint& from) const {
  return std::ranges::any_of(found_, [&](const Interface& interface) {
    return std::ranges::any_of(interface.addresses, [&](const Endpoint& address) {
      return address.family == from.family && address.address == from.address;
    });
  });
}

std::vector<InterfaceStatus> MulticastGroups::status() const {
  const auto now = std::chrono::steady_clock::now();
  std::vector<InterfaceStatus> all;
  for (const InterfacePlan& plan : plans_) {
    const unsigned index = plan.interface.index;
    all.push_back({.name = plan.interface.name,
                   .ipv4_joined = ipv4_.joined(index),
                   .ipv6_joined = ipv6_.joined(index),
                   .problem = problem(plan)});
    if (const auto heard = heard_.find(index); heard != heard_.end()) {
      all.back().heard_ago = std::chrono::floor<std::chrono::milliseconds>(now - heard->second);
    }
  }
  for (const Interface& interface : found_) {
    std::string reason = why_left_out(interface, policy_);
    if (!reason.empty()) all.push_back({.name = interface.name, .left_out = std::move(reason)});
  }
  return all;
}

std::string MulticastGroups::problem(const InterfacePlan& plan) const {
  if (!plan.problem.empty()) return plan.problem;
  const unsigned index = plan.interface.index;
  std::string text;
  if (const int error = ipv4_.join_error(index); error != 0) {
    text = join_problem("IPv4", ipv4_.group(), error);
  }
  if (const int error = ipv6_.join_error(index); error != 0) {
    text += (text.empty() ? "" : "; ") + join_problem("IPv6", ipv6_.group(), error);
  }
  return text;
}

std::string_view MulticastGroups::interface_name(unsigned index) const {
  const auto known = std::ranges::find(found_, index, &Interface::index);
  return known != found_.end() ? std::string_view(known->name) : std::string_view();
}

}  // namespace dsn::net
