// SPDX-License-Identifier: Apache-2.0
// The multicast groups of both families, joined on the interfaces that the operator wants.
#pragma once

#include <asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/endpoint.hpp"
#include "dsn/status.hpp"
#include "net/interface.hpp"
#include "net/interface_watch.hpp"
#include "net/multicast_socket.hpp"
#include "net/net_counters.hpp"

namespace dsn::net {

/// Joins while it is open, whenever interfaces or addresses come, go or change, and announces the
/// membership again at every `rejoin_interval`.
class MulticastGroups {
 public:
  /// One family: its group and the reader of what comes in for it. Port 0: no multicast.
  struct Family {
    Endpoint group;
    MulticastSocket::Read read;
  };
  /// Called after the groups were joined, if an interface, an address or a membership changed.
  using Changed = std::function<void()>;

  MulticastGroups(asio::io_context& io, NetCounters& counters, Family ipv4, Family ipv6,
                  std::chrono::milliseconds rejoin_interval, Changed changed);

  /// Joins at once. What it finds then is not reported as a change.
  void open(InterfacePolicy policy);
  /// Chooses other interfaces by name; not before open().
  void set_interfaces(std::vector<std::string> names);
  /// Leaves all. May be called from the readers and from Changed.
  void close();

  [[nodiscard]] const MulticastSocket& ipv4() const { return ipv4_; }
  [[nodiscard]] const MulticastSocket& ipv6() const { return ipv6_; }
  /// The interfaces that are wanted, joined or not; none while closed.
  [[nodiscard]] const std::vector<InterfacePlan>& plans() const { return plans_; }
  /// Those of them that this machine has.
  [[nodiscard]] std::vector<Interface> interfaces() const;
  /// The prefixes that are on link there.
  [[nodiscard]] std::vector<Prefix> links() const;
  /// All for the operator, with the reason where a group is not joined or an interface not wanted.
  [[nodiscard]] std::vector<InterfaceStatus> status() const;
  /// A multicast came in on an interface. One of this machine itself is not counted.
  void note_heard(unsigned index, const Endpoint& from);
  /// Whether this machine has the address.
  [[nodiscard]] bool is_own(const Endpoint& from) const;
  /// The name of any interface that the last scan found; empty if it did not.
  [[nodiscard]] std::string_view interface_name(unsigned index) const;

 private:
  struct Joined {
    bool ipv4 = false;
    bool ipv6 = false;
    bool operator==(const Joined&) const = default;
  };

  void handle_interfaces(InterfaceWatch::Cause cause);
  /// Scans and joins. True if something changed since the last time.
  bool join_interfaces(InterfaceWatch::Cause cause);
  void join(const std::vector<InterfacePlan>& plans);
  [[nodiscard]] std::vector<Joined> joined(const std::vector<InterfacePlan>& plans) const;
  [[nodiscard]] std::string problem(const InterfacePlan& plan) const;

  NetCounters& counters_;
  Changed changed_;
  InterfacePolicy policy_;
  std::vector<Interface> found_;
  std::vector<InterfacePlan> plans_;
  std::vector<Joined> joined_;  ///< of plans_, as it was last reported
  std::map<unsigned, std::chrono::steady_clock::time_point> heard_;  ///< by index of the interface
  InterfaceWatch watch_;
  MulticastSocket ipv4_;
  MulticastSocket ipv6_;
};

}  // namespace dsn::net
