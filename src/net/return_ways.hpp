// SPDX-License-Identifier: Apache-2.0
// By which interface an answer goes back where several lead to the same addresses.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "base/endpoint.hpp"
#include "net/interface.hpp"

namespace dsn::net {

/// The kernel sends to an IPv4 address by one interface, also while that has no carrier, or if its
/// LAN only happens to have the same addresses as the one where the node is. So for addresses that
/// are on link at two interfaces or more it is noted by which of them they are heard; an answer to
/// one that is not heard by the kernel's way goes back the way it came. IPv6 needs none of this:
/// its link-local addresses name their interface.
class ReturnWays {
 public:
  using Clock = std::chrono::steady_clock;
  /// The index of the interface by which the kernel sends to an address; 0 if it does not tell.
  using Route = std::function<unsigned(const Endpoint& to)>;

  /// Addresses of which it is noted; at the bound all are forgotten.
  static constexpr std::size_t kAddressesMax = 1024;
  /// Who was not heard by the kernel's way for so long, and was by another one, is answered there.
  static constexpr std::chrono::seconds kSilent{10};
  /// For so long the first datagram may come on the other interfaces too.
  static constexpr std::chrono::seconds kFirst{1};

  explicit ReturnWays(Route route) : route_(std::move(route)) {}

  void set_interfaces(const std::vector<Interface>& interfaces);
  /// Whether there are such addresses: without any the other calls are not needed.
  [[nodiscard]] bool needed() const { return !links_.empty(); }
  /// A datagram came from there on that interface.
  void note(const Endpoint& from, unsigned index, Clock::time_point now);
  /// The interface to send by; 0: as the kernel does.
  [[nodiscard]] unsigned way_to(const Endpoint& to, Clock::time_point now) const;

 private:
  struct Link {
    unsigned interface_index = 0;
    bool carrier = false;
    Prefix prefix;
  };
  struct Heard {
    Clock::time_point first;
    std::map<unsigned, Clock::time_point> last;  // by interface
  };

  [[nodiscard]] const Link* link_to(const Endpoint& address, unsigned index) const;
  [[nodiscard]] bool leads_to(const Endpoint& address, unsigned index) const;
  [[nodiscard]] unsigned any_way_to(const Endpoint& to) const;

  Route route_;
  std::vector<Link> links_;  // those that share addresses with another interface's
  std::map<std::array<std::uint8_t, 16>, Heard> heard_;
};

/// Asks the kernel: ReturnWays::Route for the interfaces that were found.
[[nodiscard]] unsigned interface_of_route(const Endpoint& to,
                                          const std::vector<Interface>& interfaces);

}  // namespace dsn::net
