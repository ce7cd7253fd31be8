// SPDX-License-Identifier: Apache-2.0
// What must hold in a network after everything that happens in it, whatever goes wrong.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "sim/answered_addresses.hpp"
#include "sim/hogs.hpp"
#include "sim/insider.hpp"
#include "sim/key_events.hpp"
#include "sim/sleep_watch.hpp"
#include "sim/watched_crypto.hpp"
#include "support/virtual_network.hpp"

namespace dsn::sim {

using namespace core;

/// Watches a network: hooks into it, keeps the register of everything that was ever committed, and
/// remembers the first thing that broke.
class Invariants {
 public:
  /// With `exact_clocks` all clocks of the network run alike, so that ages can be checked.
  Invariants(test::VirtualNetwork& net, const NonceRegister& nonces, bool exact_clocks);
  Invariants(const Invariants&) = delete;
  Invariants& operator=(const Invariants&) = delete;

  /// A member that lies: what it says of itself is worth nothing. All else holds.
  void expect_insider(Insider& insider);
  /// The same of members that fill the memory.
  void expect_hogs(Hogs& hogs);
  void expect_thief(KeyEvents& events);
  /// Two machines run with one identity. Each numbers its own versions, so a version no longer
  /// names one state: a reader that follows now the one and now the other may hold a state that
  /// neither committed, may go back when it forgot one of them, cannot tell ages, and takes a
  /// recorded frame again when it has turned from the one to the other and back. Where both
  /// have one session as well, they seal with the same nonces. Bounds hold, and so does everything
  /// among the others.
  void expect_clones(const NodeId& id, bool same_session);
  /// A machine slept so long that it forgot nodes of which others still hold the last state: they
  /// need not agree on these.
  void expect_forgetting() { forgotten_somewhere_ = true; }
  [[nodiscard]] bool is_trusted(const NodeId& id) const { return !untrusted_.contains(id); }

  [[nodiscard]] const std::string& first_broken() const { return first_broken_; }
  void broken(const std::string& what);
  /// Everything that is held anywhere, also what no event touched.
  void check_everything();
  /// How many there ever were.
  struct Census {
    std::size_t identities = 0;
    std::size_t addresses = 0;
  };
  /// When nothing has happened for long: nothing is kept of what is over.
  void check_at_rest(const Census& census);
  /// Who takes this node for alive; empty if nobody does.
  [[nodiscard]] std::string ghost_of(const NodeId& dead) const;
  /// All who run, and of whom there is one, hold each other for live.
  [[nodiscard]] bool all_meet() const { return stranger().empty(); }
  /// Who does not hold whom for live; empty if there is none.
  [[nodiscard]] std::string stranger() const;
  [[nodiscard]] std::string behind() const;
  /// And they hold exactly what its owner holds, of each other.
  [[nodiscard]] bool in_agreement();
  [[nodiscard]] SleepWatch& sleeps() { return sleeps_; }
  [[nodiscard]] std::string holdings() const;

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
    std::uint32_t proven = 0;  ///< the highest incarnation that could be shown to its owner
    bool forgotten = false;
    std::uint64_t clock_reached_ms = 0;  ///< when it was forgotten
  };

  [[nodiscard]] static bool is_heard_of_since(const Peer& peer, const Seen& seen);
  void note_arrival(std::size_t to, const Endpoint& from, ByteView bytes);
  void check_taken(std::size_t index);
  void check_group_taken(std::size_t index);
  [[nodiscard]] NodeId sender_of(std::size_t index) const;
  bool check_sent(std::size_t from, const Endpoint& to, ByteView bytes);
  void check_node(std::size_t index);
  void check_memory(const Node& node);
  void check_replica(std::size_t index, const Peer& peer);
  void check_contents(std::size_t index, const Peer& peer);
  void check_clock(std::size_t index, const Peer& peer);
  void check_relayed_clock(std::size_t index, const Peer& peer, Instant begin);
  void check_checkpoint(std::size_t index, const Peer& peer);
  void note_forgotten(std::size_t index);
  void record_commit(std::size_t index);
  void record_head(std::size_t index);
  void check_tables(std::size_t index, const Census& census);
  void check_bounds(const Peer& peer);
  void check_name(std::size_t index, const Peer& peer);
  [[nodiscard]] const Peer* peer_of(std::size_t reader, std::size_t owner) const;
  [[nodiscard]] bool compares(std::size_t reader, std::size_t owner) const;
  [[nodiscard]] bool has_observers() const;
  [[nodiscard]] std::string name_of(const NodeId& id) const;

  test::VirtualNetwork& net_;
  const NonceRegister& nonces_;
  bool exact_clocks_;
  Duration longest_delay_;   // of one datagram, while there are faults
  Duration latest_arrival_;  // of a duplicate or replayed one, too
  std::string first_broken_;
  std::set<NodeId> untrusted_;
  std::optional<Endpoint> insider_at_;
  bool nonces_may_repeat_ = false;
  bool forgotten_somewhere_ = false;
  // Several runs may have had the same version under one incarnation, when a disk was lost.
  std::map<Commit, std::vector<EntryStore::Map>> committed_;
  std::map<std::pair<std::size_t, SessionId>, StateVersion> recorded_;
  std::map<std::pair<NodeId, StateVersion>, SessionId> run_of_;
  std::unordered_map<std::uint64_t, Instant> session_begin_;
  std::set<std::tuple<NodeId, StateVersion, ShortHash>> signed_;
  std::map<std::tuple<std::size_t, SessionId, NodeId>, std::pair<Bytes, bool>> checkpoints_seen_;
  std::map<std::tuple<std::size_t, SessionId, NodeId>, Seen> seen_;
  AnsweredAddresses addresses_{net_};
  SleepWatch sleeps_{net_, [this](const std::string& what) { broken(what); }};
  std::map<std::pair<std::size_t, Endpoint>, std::pair<std::int64_t, std::uint64_t>>
      frames_in_second_;
  std::unordered_set<std::uint64_t> sent_;  // fingerprints of all datagrams
  std::set<std::tuple<std::size_t, SessionId, std::uint64_t>> taken_;
  std::map<std::tuple<std::size_t, SessionId, std::uint64_t>, Instant> group_taken_;
  std::map<std::pair<std::size_t, SessionId>, Instant> taken_at_;
  // Of the datagram that is being handed over.
  bool arriving_ = false;
  std::uint64_t arriving_print_ = 0;
  bool arriving_pair_ = false;
  std::uint64_t arriving_sender_ = 0;
  std::size_t answers_max_ = 0;
  std::uint64_t frames_before_ = 0;
  std::size_t answers_ = 0;
};

}  // namespace dsn::sim
