// SPDX-License-Identifier: Apache-2.0
#include "net/transport.hpp"

#include <algorithm>
#include <cerrno>

#include "base/check.hpp"
#include "net/error_queue.hpp"
#include "net/multicast_groups.hpp"
#include "net/receive_batch.hpp"
#include "net/return_ways.hpp"
#include "net/send_batch.hpp"
#include "net/socket_address.hpp"
#include "net/unicast_sockets.hpp"

namespace dsn::net {
namespace {

// So many batches of 32 datagrams, about 1 ms of work, are taken from one socket before the other
// handlers of the loop have their turn.
constexpr int kBatchesPerWakeMax = 4;

// recvmmsg returns an error once and then goes on. A socket that returns only errors is dead.
constexpr unsigned kErrorsInARowMax = 32;

/// All machines of a link (RFC 1112, section 4; RFC 4291, section 2.7.1). No switch has to learn of
/// these groups. protocol.md [call-group]
Endpoint everybody(const TransportOptions& options, AddressFamily family) {
  const bool ipv4 = family == AddressFamily::ipv4;
  const std::uint16_t port = ipv4 ? options.group_ipv4.port : options.group_ipv6.port;
  if (!options.multicast || port == 0) return {};
  if (ipv4) return Endpoint::ipv4({224, 0, 0, 1}, port);
  return Endpoint::ipv6({0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, port);
}

}  // namespace

class Transport::Impl {
 public:
  Impl(asio::io_context& io, TransportOptions options, TransportHandler& handler);

  Result<void> open();
  [[nodiscard]] bool take_default_port() { return open_ && unicast_->take_default_port(); }
  void set_interfaces(std::vector<std::string> names);
  void close();
  void send(std::span<const Outgoing> datagrams);
  void call(ByteView bytes);
  [[nodiscard]] std::uint16_t port() const { return unicast_ ? unicast_->port() : 0; }
  [[nodiscard]] std::string port_problem() const {
    return unicast_ ? unicast_->port_problem() : std::string();
  }
  [[nodiscard]] std::vector<InterfaceStatus> interfaces() const { return groups_.status(); }
  [[nodiscard]] std::vector<Prefix> links() const { return groups_.links(); }
  [[nodiscard]] const std::vector<InterfacePlan>& plans() const { return groups_.plans(); }
  [[nodiscard]] const NetCounters& counted() const { return counters_; }
  [[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> counters() const {
    return counters_.list();
  }

 private:
  /// The state of one of the six sockets between two wakes.
  struct Inlet {
    const MulticastSocket* group = nullptr;  ///< nothing for a unicast socket
    bool is_for_everybody = false;           ///< the group is that of all machines of the link
    unsigned errors_in_a_row = 0;
    std::uint32_t overflows = 0;  ///< as the kernel last told
  };

  ReadOutcome receive(Inlet& inlet, int socket);
  ReadOutcome receive_failed(Inlet& inlet, int socket, int error);
  bool take_reports(int socket);
  std::size_t deliver(Inlet& inlet, std::size_t count);
  void deliver_call(const ReceiveBatch::Datagram& datagram);
  [[nodiscard]] bool is_for_us(const Inlet& inlet, const ReceiveBatch::Datagram& datagram) const;
  void count_overflows(Inlet& inlet, std::uint32_t overflows);

  void send_unicast(const Outgoing& datagram);
  struct GroupPair {
    const MulticastSocket& ipv4;
    const MulticastSocket& ipv6;
  };
  void send_multicast(const GroupPair& groups, const InterfacePlan& plan, ByteView bytes);
  void send_to_groups(ByteView bytes);
  void flush();
  void join_everybody();
  SendBatch& room_in(AddressFamily family);

  [[nodiscard]] Result<std::optional<Endpoint>> read_network_ip() const;
  MulticastGroups::Family family(const Endpoint& group, Inlet& inlet);

  asio::io_context& io_;
  TransportOptions options_;
  TransportHandler& handler_;
  NetCounters counters_;
  ReceiveBatch received_;
  SendBatch ipv4_batch_{counters_};
  SendBatch ipv6_batch_{counters_};
  bool open_ = false;

  Inlet unicast_ipv4_inlet_;
  Inlet unicast_ipv6_inlet_;
  Inlet group_ipv4_inlet_;
  Inlet group_ipv6_inlet_;
  Inlet everybody_ipv4_inlet_;
  Inlet everybody_ipv6_inlet_;
  std::optional<UnicastSockets> unicast_;  ///< from open() to close()
  MulticastGroups groups_;
  MulticastSocket everybody_ipv4_;
  MulticastSocket everybody_ipv6_;
  ReturnWays ways_{
      [this](const Endpoint& to) { return interface_of_route(to, groups_.interfaces()); }};
};

Transport::Impl::Impl(asio::io_context& io, TransportOptions options, TransportHandler& handler)
    : io_(io),
      options_(std::move(options)),
      handler_(handler),
      groups_(io, counters_, family(options_.group_ipv4, group_ipv4_inlet_),
              family(options_.group_ipv6, group_ipv6_inlet_), options_.rejoin_interval,
              [this] {
                ways_.set_interfaces(groups_.interfaces());
                join_everybody();
                handler_.handle_interfaces_changed();
              }),
      everybody_ipv4_(
          io, counters_, everybody(options_, AddressFamily::ipv4),
          [this](int socket) { return receive(everybody_ipv4_inlet_, socket); }, [] {}),
      everybody_ipv6_(
          io, counters_, everybody(options_, AddressFamily::ipv6),
          [this](int socket) { return receive(everybody_ipv6_inlet_, socket); }, [] {}) {
  group_ipv4_inlet_.group = &groups_.ipv4();
  group_ipv6_inlet_.group = &groups_.ipv6();
  everybody_ipv4_inlet_ = {.group = &everybody_ipv4_, .is_for_everybody = true};
  everybody_ipv6_inlet_ = {.group = &everybody_ipv6_, .is_for_everybody = true};
}

MulticastGroups::Family Transport::Impl::family(const Endpoint& group, Inlet& inlet) {
  return {.group = options_.multicast ? group : Endpoint{},
          .read = [this, &inlet](int socket) { return receive(inlet, socket); }};
}

Result<void> Transport::Impl::open() {
  DSN_CHECK(!open_);
  const Result<std::optional<Endpoint>> address = read_network_ip();
  if (!address) return address.failure();
  if (options_.multicast && options_.port && *options_.port != 0 &&
      (*options_.port == options_.group_ipv4.port || *options_.port == options_.group_ipv6.port)) {
    return Error{"port " + std::to_string(*options_.port) +
                 " is the port of the multicast groups; choose another `port`, or 0 for any"};
  }
  const UnicastOptions unicast{.port = options_.port,
                               .default_port = options_.default_port,
                               .address = *address,
                               .reserved_port = options_.group_ipv4.port};
  unicast_.emplace(
      io_, counters_, unicast, [this](int socket) { return receive(unicast_ipv4_inlet_, socket); },
      [this](int socket) { return receive(unicast_ipv6_inlet_, socket); });
  if (Result<void> opened = unicast_->open(); !opened) {
    unicast_.reset();
    return opened;
  }
  open_ = true;
  groups_.open(
      {.names = options_.interfaces, .address = *address, .multicast = options_.multicast});
  ways_.set_interfaces(groups_.interfaces());
  everybody_ipv4_.open();
  everybody_ipv6_.open();
  join_everybody();
  return {};
}

Result<std::optional<Endpoint>> Transport::Impl::read_network_ip() const {
  if (options_.network_ip.empty()) return std::optional<Endpoint>();
  const std::optional<Endpoint> address = parse_address(options_.network_ip, 0);
  if (!address || address->is_multicast()) {
    return Error{"network_ip '" + options_.network_ip + "' is no address of an interface"};
  }
  if (needs_interface(*address) && address->scope == 0) {
    return Error{"network_ip '" + options_.network_ip + "' needs its interface: write '" +
                 options_.network_ip + "%eth0'"};
  }
  // 0.0.0.0 and :: mean all addresses, as no address does.
  return address->is_unspecified() ? std::nullopt : address;
}

void Transport::Impl::set_interfaces(std::vector<std::string> names) {
  options_.interfaces = std::move(names);
  if (open_) groups_.set_interfaces(options_.interfaces);
}

void Transport::Impl::close() {
  open_ = false;
  groups_.close();
  everybody_ipv4_.close();
  everybody_ipv6_.close();
  if (unicast_) unicast_->close();  // not destroyed, because its handler may be calling this
}

ReadOutcome Transport::Impl::receive(Inlet& inlet, int socket) {
  std::size_t delivered = 0;
  ReadOutcome outcome = ReadOutcome::alive;
  for (int batch = 0; open_ && batch < kBatchesPerWakeMax; ++batch) {
    const int count = received_.receive(socket);
    if (count <= 0) {
      // If the first batch is empty, a datagram had a bad checksum, or the socket hung up.
      if (count != -EAGAIN || batch == 0) outcome = receive_failed(inlet, socket, -count);
      break;
    }
    inlet.errors_in_a_row = 0;
    delivered += deliver(inlet, static_cast<std::size_t>(count));
    if (static_cast<std::size_t>(count) < ReceiveBatch::kCapacity) break;
  }
  if (open_ && delivered != 0) handler_.handle_batch_end();
  return outcome;
}

ReadOutcome Transport::Impl::receive_failed(Inlet& inlet, int socket, int error) {
  if (inlet.group == nullptr && take_reports(socket)) return ReadOutcome::alive;
  if (error != EAGAIN && error != 0) {
    counters_.add_error(Call::receive, error);
    if (is_fatal_for_socket(error) || ++inlet.errors_in_a_row >= kErrorsInARowMax) {
      inlet = Inlet{inlet.group, inlet.is_for_everybody};
      return ReadOutcome::dead;
    }
  }
  return still_usable(socket) ? ReadOutcome::alive : ReadOutcome::dead;
}

/// False if there are none.
bool Transport::Impl::take_reports(int socket) {
  bool any = false;
  take_error_reports(socket, [this, &any](const Endpoint& to, int error) {
    counters_.add_report(error, to);
    any = true;
  });
  return any;
}

std::size_t Transport::Impl::deliver(Inlet& inlet, std::size_t count) {
  std::size_t delivered = 0;
  for (std::size_t i = 0; open_ && i < count; ++i) {
    const ReceiveBatch::Datagram datagram = received_.datagram(i);
    count_overflows(inlet, datagram.overflows);
    if (!is_for_us(inlet, datagram)) continue;
    if (datagram.truncated) {
      ++counters_.received_oversize;
      continue;
    }
    ++counters_.datagrams_received;
    counters_.bytes_received += datagram.bytes.size();
    if (inlet.is_for_everybody) {
      deliver_call(datagram);
      continue;
    }
    ++delivered;
    if (inlet.group != nullptr) groups_.note_heard(datagram.interface_index, datagram.from);
    if (ways_.needed()) {
      ways_.note(datagram.from, datagram.interface_index, ReturnWays::Clock::now());
    }
    handler_.handle_datagram({.from = datagram.from,
                              .bytes = datagram.bytes,
                              .multicast = inlet.group != nullptr,
                              .interface_name = groups_.interface_name(datagram.interface_index)});
  }
  return delivered;
}

void Transport::Impl::deliver_call(const ReceiveBatch::Datagram& datagram) {
  if (groups_.is_own(datagram.from)) return;
  handler_.handle_call({.from = datagram.from,
                        .bytes = datagram.bytes,
                        .multicast = true,
                        .interface_name = groups_.interface_name(datagram.interface_index)});
}

bool Transport::Impl::is_for_us(const Inlet& inlet, const ReceiveBatch::Datagram& datagram) const {
  if (!datagram.valid) return false;
  if (inlet.group == nullptr) return true;
  // The IPv6 socket receives all that is sent to its port. On an older kernel, without
  // IP_MULTICAST_ALL or IPV6_MULTICAST_ALL, both get what comes in where only other processes
  // joined.
  if (datagram.to.address != inlet.group->group().address) return false;
  return inlet.group->joined(datagram.interface_index);
}

void Transport::Impl::count_overflows(Inlet& inlet, std::uint32_t overflows) {
  if (overflows == 0) return;                            // none, or the kernel does not tell
  if (overflows < inlet.overflows) inlet.overflows = 0;  // a new socket
  if (overflows == inlet.overflows) return;
  counters_.receive_overflows += overflows - inlet.overflows;
  counters_.last_overflow = std::chrono::steady_clock::now();
  inlet.overflows = overflows;
}

void Transport::Impl::send(std::span<const Outgoing> datagrams) {
  if (!open_) return;
  for (const Outgoing& datagram : datagrams) {
    if (datagram.multicast) {
      send_to_groups(datagram.bytes);
    } else {
      send_unicast(datagram);
    }
  }
  flush();
}

void Transport::Impl::call(ByteView bytes) {
  if (!open_) return;
  for (const InterfacePlan& plan : groups_.plans()) {
    if (plan.interface.loopback) continue;
    send_multicast({everybody_ipv4_, everybody_ipv6_}, plan, bytes);
  }
  flush();
}

void Transport::Impl::flush() {
  ipv4_batch_.flush(unicast_->fd(AddressFamily::ipv4));
  ipv6_batch_.flush(unicast_->fd(AddressFamily::ipv6));
}

void Transport::Impl::join_everybody() {
  std::vector<unsigned> ipv4;
  std::vector<unsigned> ipv6;
  for (const InterfacePlan& plan : groups_.plans()) {
    if (plan.interface.loopback) continue;
    if (plan.ipv4) ipv4.push_back(plan.interface.index);
    if (plan.ipv6) ipv6.push_back(plan.interface.index);
  }
  everybody_ipv4_.set_interfaces(ipv4);
  everybody_ipv6_.set_interfaces(ipv6);
}

void Transport::Impl::send_unicast(const Outgoing& datagram) {
  if (datagram.to.is_multicast() || datagram.to.is_unspecified()) {
    ++counters_.sends_refused;
    return;
  }
  SendBatch& batch = room_in(datagram.to.family);
  const unsigned way = ways_.needed() && datagram.to.family == AddressFamily::ipv4
                           ? ways_.way_to(datagram.to, ReturnWays::Clock::now())
                           : 0;
  if (way == 0) {
    batch.add(datagram.to, datagram.bytes);
  } else {
    batch.add_ipv4(datagram.to, {.interface_index = way}, datagram.bytes);
  }
}

void Transport::Impl::send_to_groups(ByteView bytes) {
  bool sent = false;
  for (const InterfacePlan& plan : groups_.plans()) {
    send_multicast({groups_.ipv4(), groups_.ipv6()}, plan, bytes);
    sent = sent || plan.ipv4 || plan.ipv6;
  }
  if (!sent) ++counters_.sends_without_interface;
}

void Transport::Impl::send_multicast(const GroupPair& groups, const InterfacePlan& plan,
                                     ByteView bytes) {
  const unsigned index = plan.interface.index;
  if (plan.ipv4 && groups.ipv4.enabled()) {
    Ipv4Way way{.interface_index = index};
    std::ranges::copy(plan.ipv4->address_bytes(), way.source.begin());
    room_in(AddressFamily::ipv4).add_ipv4(groups.ipv4.group(), way, bytes);
  }
  if (plan.ipv6 && groups.ipv6.enabled()) {
    Endpoint group = groups.ipv6.group();
    group.scope = index;
    room_in(AddressFamily::ipv6).add(group, bytes);
  }
}

SendBatch& Transport::Impl::room_in(AddressFamily family) {
  SendBatch& batch = family == AddressFamily::ipv4 ? ipv4_batch_ : ipv6_batch_;
  if (batch.full()) batch.flush(unicast_->fd(family));
  return batch;
}

Transport::Transport(asio::io_context& io, TransportOptions options, TransportHandler& handler)
    : impl_(std::make_unique<Impl>(io, std::move(options), handler)) {}
Transport::~Transport() { impl_->close(); }

Result<void> Transport::open() { return impl_->open(); }
void Transport::call(ByteView bytes) { impl_->call(bytes); }
void Transport::set_interfaces(std::vector<std::string> names) {
  impl_->set_interfaces(std::move(names));
}
void Transport::close() { impl_->close(); }
void Transport::send(std::span<const Outgoing> datagrams) { impl_->send(datagrams); }
bool Transport::take_default_port() { return impl_->take_default_port(); }
std::uint16_t Transport::port() const { return impl_->port(); }
std::string Transport::port_problem() const { return impl_->port_problem(); }
std::vector<Prefix> Transport::links() const { return impl_->links(); }

std::vector<InterfaceStatus> Transport::interfaces() const { return impl_->interfaces(); }
const std::vector<InterfacePlan>& Transport::plans() const { return impl_->plans(); }
const NetCounters& Transport::counted() const { return impl_->counted(); }
std::vector<std::pair<std::string, std::uint64_t>> Transport::counters() const {
  return impl_->counters();
}

}  // namespace dsn::net
