// SPDX-License-Identifier: Apache-2.0
// A LAN in virtual time: real cores, datagrams as bytes, everything from one seed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <queue>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "core/common/effects.hpp"
#include "core/node.hpp"
#include "core/value_requests.hpp"
#include "support/fake_crypto.hpp"
#include "support/faulty_link.hpp"
#include "support/key_authority.hpp"
#include "support/machine_clock.hpp"
#include "support/send_errors.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

/// What all machines have on link: where they are, and where they move to.
inline const Prefix kLink{Endpoint::ipv4({10, 0, 0, 0}, 0), 15};

struct NetworkOptions : LinkFaults {
  std::uint64_t seed = 1;
  bool multicast = true;
  bool authority = false;                                  ///< the network has one
  double public_key_operations_per_second = 1000;          ///< of each node
  std::size_t common_replica_bytes = kReplicaCommonBytes;  ///< likewise
};

/// One machine: its core, its key, and what it reported.
struct Machine {
  std::unique_ptr<CryptoPort> crypto;
  std::uint64_t key_seed = 0;  ///< of its key pair
  std::unique_ptr<Node> node;
  std::unique_ptr<ValueRequests> values;  ///< what its programs ask of other nodes
  MachineClock clock;
  Endpoint endpoint;
  NodeOptions options;
  bool running = false;
  bool paused = false;  ///< frozen: it hears nothing and does nothing
  Instant noted{};      ///< the deadline that the scheduler has of it
  int spins = 0;        ///< calls in a row after which it was due at once again
  /// The process dies when it has sent so many more datagrams.
  std::optional<std::uint64_t> sends_left;
  SendErrors send_errors;
  bool keeps_keys = true;  ///< its disk takes what Effects::store_keys asks for
  std::vector<CoreEvent> events;
  std::vector<ReceivedMessage> received;
  std::vector<SettledMessage> settled;
};

class VirtualNetwork {
 public:
  explicit VirtualNetwork(const NetworkOptions& options = {});

  /// Adds a machine and starts its node. `bootstrap` names machines to be bootstrapped from.
  std::size_t add(const std::string& name, const std::vector<std::size_t>& bootstrap = {},
                  bool observer = false);
  /// Adds one that has another network key.
  std::size_t add_stranger(const std::string& name);
  /// Adds one that runs from a copy of another's disk, and so has its key. With `same_entropy` it
  /// is the copy of a running machine, and has the session and the random numbers as well.
  std::size_t add_clone(std::size_t of, std::uint32_t incarnation, bool same_entropy);
  /// The operator of a machine has the network key replaced.
  Keyring::Verdict rotate(std::size_t index, std::vector<NodeId> out = {}, std::uint64_t flags = 0);
  Keyring::Verdict rotate(std::size_t index, const KeyRotation& rotation);
  /// Ends the process without a word; `restart` begins a new run with the incarnation given.
  void kill(std::size_t index);
  void restart(std::size_t index, std::uint32_t incarnation);
  void stop(std::size_t index, const Bye& bye);
  /// From now on it is bootstrapped from these.
  void set_bootstraps(std::size_t index, const std::vector<std::size_t>& bootstrap);
  void pause(std::size_t index) { machines_[index].paused = true; }
  void resume(std::size_t index);
  /// The machine's clock goes on at another rate, or has gone on while the machine slept.
  void set_clock_rate(std::size_t index, double rate);
  void suspend(std::size_t index, Duration span);
  /// The machine, which must not run, starts with another key pair next time.
  void replace_identity(std::size_t index);

  void set(std::size_t index, const std::string& key, Value value, Duration max_age = Duration(0));
  void unset(std::size_t index, const std::string& key);

  /// One batch of writes.
  Result<std::uint64_t> commit(std::size_t index, const std::vector<Write>& writes);
  /// Sends an application message, and returns its number; nothing if it was refused.
  std::optional<std::uint64_t> tell(std::size_t from, std::size_t to, const AppMessage& message,
                                    Duration patience = kSendPatience);
  std::optional<std::uint64_t> tell(std::size_t from, const NodeId& to, const AppMessage& message,
                                    Duration patience = kSendPatience);
  /// The same to all its members; false if it was refused.
  bool tell_all(std::size_t from, const AppMessage& message, Duration patience = kSendPatience);
  /// As ValueRequests, from a program of the machine; `value_ended` is called with what came of it.
  Result<std::uint64_t> fetch(std::size_t index, const NodeId& origin, const std::string& key,
                              Duration patience);
  Result<std::uint64_t> sample(std::size_t index, const NodeId& origin, const std::string& key,
                               Duration patience);
  void network_changed(std::size_t index);
  /// The machine has another address from now on.
  void move(std::size_t index, const Endpoint& endpoint);

  void run_for(Duration span);
  /// Runs until the condition holds, asked every millisecond, at most for `limit`; whether it
  /// held.
  bool run_until(const std::function<bool()>& condition, Duration limit);

  /// The value as machine `reader` holds it of machine `owner`; nothing if it does not.
  [[nodiscard]] std::optional<Value> read(std::size_t reader, std::size_t owner,
                                          const std::string& key) const;
  /// Everybody who runs knows everybody who runs, as live.
  [[nodiscard]] bool all_meet() const;
  /// All running nodes hold the same of all running nodes.
  [[nodiscard]] bool in_sync();
  [[nodiscard]] std::size_t events_of(std::size_t index, CoreEvent::Kind kind) const;

  /// What a machine sends is replaced by what this makes of it.
  std::function<Bytes(std::size_t from, ByteView bytes)> rewrite;
  /// How large the datagram in `filter` was before.
  std::size_t bytes_of_core = 0;
  /// Every datagram that is sent passes here first; false drops it.
  std::function<bool(std::size_t from, const Endpoint& to, ByteView bytes)> filter;
  /// Called for every datagram before its receiver sees it.
  std::function<void(std::size_t to, const Endpoint& from, ByteView bytes)> arriving;
  /// The same with all there is to know of it.
  std::function<void(const InFlight& datagram)> delivering;
  /// Called after every input of a node.
  std::function<void(std::size_t index)> after_input;
  /// What becomes of an application message; its default is that one listener has it.
  std::function<DataAck(std::size_t index, const ReceivedMessage& message)> message_received;
  std::function<void(std::size_t index, const SettledMessage& message)> message_settled;
  std::function<void(std::size_t index, const ValueRequests::EndedRequest& ended)> value_ended;
  /// The sensor of a machine is to be sampled; its default is that there is none.
  std::function<Result<void>(std::size_t index, const std::string& key)> sample_sensor;
  /// Makes the crypto port of each machine that is added; its default is a FakeCrypto.
  std::function<std::unique_ptr<CryptoPort>(std::uint64_t seed)> make_crypto;
  /// Called when a node wants its incarnation to outlive it.
  std::function<void(std::size_t index)> persist;
  /// Datagrams from the first to the second machine vanish; in the other sets, multicast ones, and
  /// all but multicast ones.
  std::set<std::pair<std::size_t, std::size_t>> cut;
  std::set<std::pair<std::size_t, std::size_t>> cut_multicast;
  std::set<std::pair<std::size_t, std::size_t>> cut_unicast;
  void mend_cuts() { cut = cut_multicast = cut_unicast = {}; }

  void inject(std::size_t to, const Endpoint& from, ByteView bytes, bool multicast = false);
  /// The same, after a while; may be called from within `filter`.
  void post(std::size_t to, const Endpoint& from, ByteView bytes, bool multicast, Duration delay);

  Machine& operator[](std::size_t index) { return machines_[index]; }
  [[nodiscard]] const Machine& operator[](std::size_t index) const { return machines_[index]; }
  [[nodiscard]] Node& node(std::size_t index) { return *machines_[index].node; }
  [[nodiscard]] std::size_t size() const { return machines_.size(); }
  [[nodiscard]] Instant now() const { return now_; }
  /// As the machine's own clock shows it.
  [[nodiscard]] Instant now(std::size_t index) const { return machines_[index].clock.local(now_); }
  NetworkOptions options;
  KeyAuthority authority;
  std::uint64_t datagrams_sent = 0;
  std::uint64_t bytes_sent = 0;
  /// Multicast datagrams to the group, counted once each.
  std::uint64_t multicasts_sent = 0;

 private:
  std::size_t add_machine(const std::string& name, const Secret<16>& key,
                          const std::vector<std::size_t>& bootstrap, bool observer);
  [[nodiscard]] std::vector<std::string> hosts_of(const std::vector<std::size_t>& machines) const;
  std::size_t insert(Machine machine, const std::vector<std::size_t>& bootstrap);
  void start(std::size_t index);
  static void draw_beats(NodeOptions& options);
  void launch(std::size_t index);
  void drain(std::size_t index);
  void settle_messages(std::size_t index);
  Result<std::uint64_t> asked(std::size_t index, Result<std::uint64_t> request);
  void serve_values(std::size_t index);
  void deliver(const InFlight& datagram);
  void send(std::size_t from, std::size_t to, ByteView bytes, bool multicast);
  bool step(Instant until);
  struct Timer {
    Instant due;
    std::size_t index;
    bool operator>(const Timer& other) const {
      return std::tie(due, index) > std::tie(other.due, other.index);
    }
  };
  void schedule(std::size_t index);
  [[nodiscard]] Instant next_timer();
  void call_timeout(std::size_t index);
  [[nodiscard]] Instant due_of(const Machine& machine) const;
  void emit(std::size_t from, const Effects::Datagram& datagram, ByteView bytes);
  void give_key(Machine& machine, std::uint64_t seed);
  std::uint64_t next_key_seed() { return options.seed * 100'003 + next_crypto_++; }

  Random random_;
  Instant now_{};
  std::vector<Machine> machines_;
  std::vector<std::vector<std::size_t>> bootstraps_;
  std::priority_queue<InFlight, std::vector<InFlight>, std::greater<>> in_flight_;
  // Deadlines as they were when they were noted; a machine's own word counts.
  std::priority_queue<Timer, std::vector<Timer>, std::greater<>> timers_;
  std::unordered_map<Endpoint, std::size_t, EndpointHash> by_endpoint_;
  FaultyLink link_{random_};
  std::vector<InFlight> arriving_;
  std::uint64_t next_order_ = 0;
  std::uint64_t next_crypto_ = 0;
  Effects effects_;
};

}  // namespace dsn::test
