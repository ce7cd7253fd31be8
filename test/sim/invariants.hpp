// SPDX-License-Identifier: Apache-2.0
// What must hold in a network after everything that happens in it, whatever goes wrong.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "sim/watched_crypto.hpp"
#include "support/virtual_network.hpp"

namespace dsn::sim {

/// Watches a network: hooks into it, keeps the register of everything that was ever committed, and
/// remembers the first thing that broke.
class Invariants {
 public:
  /// With `exact_clocks` all clocks of the network run alike, so that ages can be checked.
  Invariants(test::VirtualNetwork& net, const NonceRegister& nonces, bool exact_clocks);
  Invariants(const Invariants&) = delete;
  Invariants& operator=(const Invariants&) = delete;

  [[nodiscard]] const std::string& first_broken() const { return first_broken_; }
  void broken(const std::string& what);
  /// Everything that is held anywhere, also what no event touched.
  void check_everything();
  /// When nothing has happened for long: nothing is kept of what is over.
  void check_at_rest();
  /// All who run hold exactly what its owner holds, of all who run.
  [[nodiscard]] bool in_agreement();

 private:
  /// One run of one owner: what it had at each version.
  struct Commit {
    NodeId owner;
    StateVersion version;
    auto operator<=>(const Commit&) const = default;
  };
  struct Seen {
    StateVersion version;
    Instant changed{};
  };

  void note_arrival(std::size_t to, const Endpoint& from, ByteView bytes);
  void check_taken(std::size_t index);
  bool check_sent(std::size_t from, const Endpoint& to, ByteView bytes);
  void check_node(std::size_t index);
  void check_replica(std::size_t index, const Peer& peer);
  void check_contents(std::size_t index, const Peer& peer);
  void check_clock(std::size_t index, const Peer& peer);
  void record_commit(std::size_t index);
  [[nodiscard]] std::string name_of(const NodeId& id) const;

  test::VirtualNetwork& net_;
  const NonceRegister& nonces_;
  bool exact_clocks_;
  std::string first_broken_;
  // Several runs may have had the same version under one incarnation, when a disk was lost.
  std::map<Commit, std::vector<EntryStore::Map>> committed_;
  std::map<std::pair<std::size_t, SessionId>, StateVersion> recorded_;
  std::map<std::pair<NodeId, StateVersion>, SessionId> run_of_;
  std::unordered_map<std::uint64_t, Instant> session_begin_;
  std::map<std::tuple<std::size_t, SessionId, NodeId>, Seen> seen_;
  std::map<std::pair<std::size_t, Endpoint>, std::size_t> credit_;
  std::map<std::pair<std::size_t, Endpoint>, std::pair<std::int64_t, std::uint64_t>>
      frames_in_second_;
  std::unordered_set<std::uint64_t> sent_;  // fingerprints of all datagrams
  std::set<std::tuple<std::size_t, SessionId, std::uint64_t>> taken_;
  std::map<std::pair<std::size_t, SessionId>, Instant> taken_at_;
  // Of the datagram that is being handed over.
  bool arriving_ = false;
  std::uint64_t arriving_print_ = 0;
  bool arriving_pair_ = false;
  std::uint64_t frames_before_ = 0;
  std::size_t answers_ = 0;
};

}  // namespace dsn::sim
