// SPDX-License-Identifier: Apache-2.0
#include "net/transport.hpp"

#include <algorithm>
#include <cerrno>
#include <functional>

#include "base/check.hpp"
#include "net/group_socket.hpp"
#include "net/interface.hpp"
#include "net/interface_watch.hpp"
#include "net/receive_batch.hpp"
#include "net/send_batch.hpp"
#include "net/socket_address.hpp"
#include "net/unicast_sockets.hpp"

namespace dsn::net {
namespace {

// So many batches of 32 are taken from one socket before the other handlers of the loop have their
// turn: about 1 ms of work.
constexpr int kBatchesPerWakeMax = 4;

// recvmmsg returns an error once and then goes on; a socket that does nothing else is dead.
constexpr unsigned kErrorsInARowMax = 32;

}  // namespace

class Transport::Impl {
 public:
  Impl(asio::io_context& io, TransportOptions options, TransportHandler& handler);

  Result<void> open();
  void set_interfaces(std::vector<std::string> names);
  void close();
  void send(std::span<const Outgoing> datagrams);
  [[nodiscard]] std::uint16_t port() const { return unicast_ ? unicast_->port() : 0; }
  [[nodiscard]] std::vector<InterfaceStatus> interfaces() const;
  [[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> counters() const {
    return counters_.list();
  }

 private:
  /// What is remembered of each of the four sockets between two wakes.
  struct Inlet {
    GroupSocket* group = nullptr;  ///< nothing for a unicast socket
    unsigned errors_in_a_row = 0;
    std::uint32_t overflows = 0;
  };
  struct Joined {
    bool ipv4 = false;
    bool ipv6 = false;
    bool operator==(const Joined&) const = default;
  };

  ReadOutcome receive(Inlet& inlet, int socket);
  ReadOutcome receive_failed(Inlet& inlet, int socket, int error);
  std::size_t deliver(Inlet& inlet, std::size_t count);
  [[nodiscard]] bool is_for_us(const Inlet& inlet, const ReceiveBatch::Datagram& datagram) const;
  void count_overflows(Inlet& inlet, std::uint32_t overflows);
  [[nodiscard]] std::string_view interface_name(unsigned index) const;

  void send_unicast(const Outgoing& datagram);
  void send_multicast(ByteView bytes);
  SendBatch& room_in(AddressFamily family);

  Result<void> read_network_ip();
  void handle_interfaces(InterfaceWatch::Cause cause);
  bool join_interfaces(InterfaceWatch::Cause cause);
  [[nodiscard]] std::string problem(const InterfacePlan& plan) const;

  asio::io_context& io_;
  TransportOptions options_;
  TransportHandler& handler_;
  NetCounters counters_;
  ReceiveBatch received_;
  SendBatch ipv4_batch_{counters_};
  SendBatch ipv6_batch_{counters_};
  InterfacePolicy policy_;
  std::vector<Interface> found_;
  std::vector<InterfacePlan> plans_;
  std::vector<Joined> joined_;  ///< of plans_, as the handler knows it
  bool open_ = false;

  Inlet unicast_ipv4_inlet_;
  Inlet unicast_ipv6_inlet_;
  Inlet group_ipv4_inlet_;
  Inlet group_ipv6_inlet_;
  std::optional<UnicastSockets> unicast_;  ///< from open() to close()
  InterfaceWatch watch_;
  GroupSocket group_ipv4_;
  GroupSocket group_ipv6_;
};

Transport::Impl::Impl(asio::io_context& io, TransportOptions options, TransportHandler& handler)
    : io_(io),
      options_(std::move(options)),
      handler_(handler),
      watch_(io, counters_, options_.rejoin_interval,
             std::bind_front(&Impl::handle_interfaces, this)),
      group_ipv4_(
          io, counters_, options_.multicast ? options_.group_ipv4 : Endpoint{},
          [this](int socket) { return receive(group_ipv4_inlet_, socket); },
          std::bind_front(&InterfaceWatch::schedule_scan, &watch_)),
      group_ipv6_(
          io, counters_, options_.multicast ? options_.group_ipv6 : Endpoint{},
          [this](int socket) { return receive(group_ipv6_inlet_, socket); },
          std::bind_front(&InterfaceWatch::schedule_scan, &watch_)) {
  DSN_CHECK(!group_ipv4_.enabled() || (options_.group_ipv4.family == AddressFamily::ipv4 &&
                                       is_multicast(options_.group_ipv4)));
  DSN_CHECK(!group_ipv6_.enabled() ||
            (is_multicast(options_.group_ipv6) && is_ipv6_link_local(options_.group_ipv6)));
  group_ipv4_inlet_.group = &group_ipv4_;
  group_ipv6_inlet_.group = &group_ipv6_;
}

Result<void> Transport::Impl::open() {
  DSN_CHECK(!open_);
  if (Result<void> valid = read_network_ip(); !valid) return valid;
  if (options_.multicast && options_.port && *options_.port != 0 &&
      (*options_.port == options_.group_ipv4.port || *options_.port == options_.group_ipv6.port)) {
    return Error{"port " + std::to_string(*options_.port) +
                 " is the port of the multicast groups; choose another `port`, or 0 for any"};
  }
  const UnicastOptions unicast{.port = options_.port,
                               .default_port = options_.default_port,
                               .address = policy_.address,
                               .reserved_port = options_.group_ipv4.port};
  unicast_.emplace(
      io_, counters_, unicast, [this](int socket) { return receive(unicast_ipv4_inlet_, socket); },
      [this](int socket) { return receive(unicast_ipv6_inlet_, socket); });
  if (Result<void> opened = unicast_->open(); !opened) {
    unicast_.reset();
    return opened;
  }
  open_ = true;
  watch_.start();  // before the scan, so that no change falls between the two
  group_ipv4_.open();
  group_ipv6_.open();
  join_interfaces(InterfaceWatch::Cause::event);
  return {};
}

Result<void> Transport::Impl::read_network_ip() {
  policy_ = {.names = options_.interfaces, .address = {}, .multicast = options_.multicast};
  if (options_.network_ip.empty()) return {};
  const std::optional<Endpoint> address = parse_address(options_.network_ip, 0);
  if (!address || is_multicast(*address)) {
    return Error{"network_ip '" + options_.network_ip + "' is no address of an interface"};
  }
  if (is_ipv6_link_local(*address) && address->scope == 0) {
    return Error{"network_ip '" + options_.network_ip + "' needs its interface: write '" +
                 options_.network_ip + "%eth0'"};
  }
  // 0.0.0.0 and :: are how others say "all", and all is what no address means here.
  if (!is_unspecified(*address)) policy_.address = address;
  return {};
}

void Transport::Impl::set_interfaces(std::vector<std::string> names) {
  options_.interfaces = std::move(names);
  policy_.names = options_.interfaces;
  if (open_) handle_interfaces(InterfaceWatch::Cause::event);
}

void Transport::Impl::close() {
  open_ = false;
  watch_.close();
  group_ipv4_.close();
  group_ipv6_.close();
  if (unicast_) unicast_->close();  // not destroyed: it may be what is calling us
  plans_.clear();
  joined_.clear();
}

// ---- receive

ReadOutcome Transport::Impl::receive(Inlet& inlet, int socket) {
  std::size_t delivered = 0;
  ReadOutcome outcome = ReadOutcome::alive;
  for (int batch = 0; open_ && batch < kBatchesPerWakeMax; ++batch) {
    const int count = received_.receive(socket);
    if (count <= 0) {
      // A first batch without anything may be a bad checksum, or a socket that hung up.
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
  if (error != EAGAIN && error != 0) {
    counters_.add_error(Call::receive, error);
    if (is_fatal_for_socket(error) || ++inlet.errors_in_a_row >= kErrorsInARowMax) {
      inlet = Inlet{inlet.group};
      return ReadOutcome::dead;
    }
  }
  return still_usable(socket) ? ReadOutcome::alive : ReadOutcome::dead;
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
    ++delivered;
    handler_.handle_datagram({.from = datagram.from,
                              .bytes = datagram.bytes,
                              .multicast = inlet.group != nullptr,
                              .interface_name = interface_name(datagram.interface_index)});
  }
  return delivered;
}

bool Transport::Impl::is_for_us(const Inlet& inlet, const ReceiveBatch::Datagram& datagram) const {
  if (!datagram.valid) return false;
  if (inlet.group == nullptr) return true;
  // The IPv6 one hears all of its port; both may hear other processes' interfaces (an older kernel
  // without IP_MULTICAST_ALL or IPV6_MULTICAST_ALL).
  if (datagram.to.address != inlet.group->group().address) return false;
  return inlet.group->joined(datagram.interface_index);
}

void Transport::Impl::count_overflows(Inlet& inlet, std::uint32_t overflows) {
  if (overflows == 0) return;                            // it did not say
  if (overflows < inlet.overflows) inlet.overflows = 0;  // a new socket
  counters_.receive_overflows += overflows - inlet.overflows;
  inlet.overflows = overflows;
}

std::string_view Transport::Impl::interface_name(unsigned index) const {
  const auto known = std::ranges::find(found_, index, &Interface::index);
  return known != found_.end() ? std::string_view(known->name) : std::string_view();
}

// ---- send

void Transport::Impl::send(std::span<const Outgoing> datagrams) {
  if (!open_) return;
  for (const Outgoing& datagram : datagrams) {
    if (datagram.multicast) {
      send_multicast(datagram.bytes);
    } else {
      send_unicast(datagram);
    }
  }
  ipv4_batch_.flush(unicast_->fd(AddressFamily::ipv4));
  ipv6_batch_.flush(unicast_->fd(AddressFamily::ipv6));
}

void Transport::Impl::send_unicast(const Outgoing& datagram) {
  if (is_multicast(datagram.to) || is_unspecified(datagram.to)) {
    ++counters_.sends_refused;
    return;
  }
  room_in(datagram.to.family).add(datagram.to, datagram.bytes);
}

void Transport::Impl::send_multicast(ByteView bytes) {
  bool sent = false;
  for (const InterfacePlan& plan : plans_) {
    const unsigned index = plan.interface.index;
    if (plan.ipv4 && group_ipv4_.joined(index)) {
      Ipv4Way way{.interface_index = index};
      std::ranges::copy(plan.ipv4->address_bytes(), way.source.begin());
      room_in(AddressFamily::ipv4).add_ipv4_multicast(group_ipv4_.group(), way, bytes);
      sent = true;
    }
    if (plan.ipv6 && group_ipv6_.joined(index)) {
      Endpoint group = group_ipv6_.group();
      group.scope = index;
      room_in(AddressFamily::ipv6).add(group, bytes);
      sent = true;
    }
  }
  if (!sent) ++counters_.sends_without_interface;
}

SendBatch& Transport::Impl::room_in(AddressFamily family) {
  SendBatch& batch = family == AddressFamily::ipv4 ? ipv4_batch_ : ipv6_batch_;
  if (batch.full()) batch.flush(unicast_->fd(family));
  return batch;
}

// ---- interfaces

void Transport::Impl::handle_interfaces(InterfaceWatch::Cause cause) {
  if (join_interfaces(cause)) handler_.handle_interfaces_changed();
}

// True if the handler should know.
bool Transport::Impl::join_interfaces(InterfaceWatch::Cause cause) {
  if (const int error = scan_interfaces(found_); error != 0) {
    counters_.add_error(Call::scan, error);
    return false;
  }
  std::vector<InterfacePlan> plans = plan_interfaces(found_, policy_);
  std::vector<unsigned> ipv4;
  std::vector<unsigned> ipv6;
  for (const InterfacePlan& plan : plans) {
    if (plan.ipv4) ipv4.push_back(plan.interface.index);
    if (plan.ipv6) ipv6.push_back(plan.interface.index);
  }
  group_ipv4_.set_interfaces(ipv4);
  group_ipv6_.set_interfaces(ipv6);
  switch (cause) {
    case InterfaceWatch::Cause::event:
      break;
    case InterfaceWatch::Cause::interval:
      group_ipv4_.refresh();
      group_ipv6_.refresh();
      break;
  }
  std::vector<Joined> joined;
  for (const InterfacePlan& plan : plans) {
    const unsigned index = plan.interface.index;
    joined.push_back({group_ipv4_.joined(index), group_ipv6_.joined(index)});
  }
  const bool changed = plans != plans_ || joined != joined_;
  plans_ = std::move(plans);
  joined_ = std::move(joined);
  return changed;
}

std::vector<InterfaceStatus> Transport::Impl::interfaces() const {
  std::vector<InterfaceStatus> all;
  for (const InterfacePlan& plan : plans_) {
    const unsigned index = plan.interface.index;
    all.push_back({.name = plan.interface.name,
                   .ipv4_joined = group_ipv4_.joined(index),
                   .ipv6_joined = group_ipv6_.joined(index),
                   .problem = problem(plan)});
  }
  return all;
}

std::string Transport::Impl::problem(const InterfacePlan& plan) const {
  if (!plan.problem.empty()) return plan.problem;
  const unsigned index = plan.interface.index;
  std::string text;
  if (const int error = group_ipv4_.join_error(index); error != 0) {
    text = "cannot join the IPv4 group: " + errno_name(error);
  }
  if (const int error = group_ipv6_.join_error(index); error != 0) {
    text += (text.empty() ? "" : "; ") + ("cannot join the IPv6 group: " + errno_name(error));
  }
  return text;
}

// ---- the public face

Transport::Transport(asio::io_context& io, TransportOptions options, TransportHandler& handler)
    : impl_(std::make_unique<Impl>(io, std::move(options), handler)) {}
Transport::~Transport() { impl_->close(); }

Result<void> Transport::open() { return impl_->open(); }
void Transport::set_interfaces(std::vector<std::string> names) {
  impl_->set_interfaces(std::move(names));
}
void Transport::close() { impl_->close(); }
void Transport::send(std::span<const Outgoing> datagrams) { impl_->send(datagrams); }
std::uint16_t Transport::port() const { return impl_->port(); }
std::vector<InterfaceStatus> Transport::interfaces() const { return impl_->interfaces(); }
std::vector<std::pair<std::string, std::uint64_t>> Transport::counters() const {
  return impl_->counters();
}

}  // namespace dsn::net
