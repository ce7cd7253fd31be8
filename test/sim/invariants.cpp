// SPDX-License-Identifier: Apache-2.0
#include "sim/invariants.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/siphash.hpp"
#include "core/peers/session_clock.hpp"
#include "core/session/frame_codec.hpp"

namespace dsn::sim {

using namespace core;
using namespace wire;

namespace {

// The most that one datagram may bring about: 16 chunks, and what a peer that has just proved
// itself is sent.
constexpr std::size_t kAnswersMax = 24;
// From one node to another. The largest state that these networks have is fetched with less, and
// the messages that waited for a node are sent with less.
constexpr std::uint64_t kFramesPerSecondMax = 256;
// A member that asks as fast as it can, many questions in a frame, gets this and no more.
constexpr auto kFramesToInsiderMax = static_cast<std::uint64_t>(2 * kAnswersPerPeerPerSecond);

constexpr const char* kGone = "a node that is no more";

std::uint64_t print_of(ByteView bytes) {
  constexpr std::array<std::uint8_t, 16> kKey{};
  return siphash24(kKey, bytes);
}

}  // namespace

Invariants::Invariants(test::VirtualNetwork& net, const NonceRegister& nonces, bool exact_clocks)
    : net_(net),
      nonces_(nonces),
      exact_clocks_(exact_clocks),
      longest_delay_(net.options.delay_max +
                     (net.options.straggling > 0 ? net.options.straggle_max : Duration(0))),
      latest_arrival_(net.options.delay_max + net.options.straggle_max) {
  net_.arriving = [this](std::size_t to, const Endpoint& from, ByteView bytes) {
    note_arrival(to, from, bytes);
  };
  net_.filter = [this](std::size_t from, const Endpoint& to, ByteView bytes) {
    return check_sent(from, to, bytes);
  };
  net_.after_input = [this](std::size_t index) { check_node(index); };
}

void Invariants::broken(const std::string& what) {
  if (!first_broken_.empty()) return;
  const auto ms = to_ms(net_.now().time_since_epoch());
  first_broken_ = fmt::format("{} (at {}.{:03} s)", what, ms / 1000, ms % 1000);
}

void Invariants::expect_insider(Insider& insider) {
  untrusted_.insert(insider.id());
  insider_at_ = insider.endpoint();
  insider.sending = [this](ByteView bytes) { sent_.insert(print_of(bytes)); };
}

void Invariants::expect_hogs(Hogs& hogs) {
  for (const NodeId& id : hogs.ids()) untrusted_.insert(id);
  hogs.sending = [this](ByteView bytes) { sent_.insert(print_of(bytes)); };
}

void Invariants::expect_thief(KeyEvents& events) {
  events.sending = [this](ByteView bytes) { sent_.insert(print_of(bytes)); };
}

void Invariants::expect_clones(const NodeId& id, bool same_session) {
  untrusted_.insert(id);
  nonces_may_repeat_ |= same_session;
}

std::string Invariants::name_of(const NodeId& id) const {
  for (std::size_t i = 0; i < net_.size(); ++i) {
    if (net_[i].node && net_[i].node->self().id() == id) return net_[i].options.name;
  }
  return kGone;
}

void Invariants::note_arrival(std::size_t to, const Endpoint& from, ByteView bytes) {
  addresses_.note_arrival(to, from, bytes);
  arriving_ = true;
  arriving_print_ = print_of(bytes);
  const std::optional<FrameHeader> header = decode_frame_header(bytes);
  arriving_pair_ = header && header->frame_class == FrameClass::pair;
  arriving_sender_ = header ? header->sender : 0;
  frames_before_ = net_.node(to).counters()[Counter::frames_in];
  answers_ = 0;
  answers_max_ = from == insider_at_ ? kFramesToInsiderMax : kAnswersMax;
}

// What a node takes for authentic was sent by a node, and in a pair's session it is taken once.
void Invariants::check_taken(std::size_t index) {
  const Node& node = net_.node(index);
  const SessionId session = node.self().session();
  const bool taken =
      std::exchange(arriving_, false) && node.counters()[Counter::frames_in] != frames_before_;
  if (taken) {
    taken_at_[{index, session}] = net_.now(index);
    if (!sent_.contains(arriving_print_)) broken("a frame is taken that nobody sent");
    if (!arriving_pair_) check_group_taken(index);
    const bool again = arriving_pair_ && !taken_.insert({index, session, arriving_print_}).second;
    if (again && is_trusted(sender_of(index))) broken("a frame is taken twice");
  }
  const Instant taken_at = taken_at_[{index, session}];
  for (const auto& peer : node.peers().all()) {
    // What an earlier run heard of it is no sign of life.
    if (peer->is_only_remembered()) continue;
    if (peer->life.heard > taken_at) broken("a node is taken for alive, and nothing of it came");
  }
}

// Its network tag is remembered for a minute of the node's own clock.
void Invariants::check_group_taken(std::size_t index) {
  const Instant now = net_.now(index);
  const auto [taken, is_first] =
      group_taken_.try_emplace({index, net_.node(index).self().session(), arriving_print_}, now);
  if (!is_first && now - taken->second < 60s) broken("a GROUP frame is taken twice in a minute");
  taken->second = now;
}

NodeId Invariants::sender_of(std::size_t index) const {
  for (const auto& peer : net_.node(index).peers().all()) {
    if (peer->session.receive.label == arriving_sender_) return peer->id;
  }
  return {};
}

bool Invariants::check_sent(std::size_t from, const Endpoint& to, ByteView bytes) {
  if (bytes.size() > kDatagramBytesMax) broken("a datagram is longer than 1232 bytes");
  if (nonces_.reused() && !nonces_may_repeat_) broken("a key sealed twice with one nonce");
  sent_.insert(print_of(bytes));
  if (arriving_ && ++answers_ > answers_max_) broken("one datagram brought about a storm");
  if (to == Endpoint{}) return true;  // multicast
  auto& [second, count] = frames_in_second_[{from, to}];
  const std::int64_t before = std::exchange(second, to_ms(net_.now().time_since_epoch()) / 1000);
  count = second == before ? count + 1 : 1;
  const bool many = count > (to == insider_at_ ? kFramesToInsiderMax : kFramesPerSecondMax);
  if (many) broken("two nodes cannot stop talking");
  if (AnsweredAddresses::is_hello(bytes)) {
    if (test::kLink.contains(to) || to == insider_at_) return true;
    broken("a HELLO goes to an address that is not of the site");
  }
  if (to == insider_at_) addresses_.note_reached(from, to);
  if (!addresses_.may_send(from, to, net_.bytes_of_core)) {
    broken("an address that never answered is sent more than three times what came from there");
  }
  const bool proven = std::ranges::any_of(net_.node(from).peers().all(), [&](const auto& peer) {
    return peer->session.confirmed && peer->path.proven() == to;
  });
  if (!proven && !addresses_.may_send_unproven(from, to, net_.bytes_of_core)) {
    broken("an unproven address is sent more than came from it: " + to.to_string());
  }
  return true;
}

void Invariants::record_commit(std::size_t index) {
  const LocalNode& self = net_.node(index).self();
  StateVersion& recorded = recorded_[{index, self.session()}];
  if (recorded == self.version()) return;
  recorded = self.version();
  committed_[{self.id(), self.version()}].push_back(self.state().store().entries());
  if (exact_clocks_) run_of_[{self.id(), self.version()}] = self.session();
  session_begin_[static_cast<std::uint64_t>(self.session())] = self.state().session_start();
}

// Everything that this node could have broken by its last input.
void Invariants::check_node(std::size_t index) {
  check_taken(index);
  record_commit(index);
  record_head(index);
  note_forgotten(index);
  sleeps_.check(index);
  Node& node = net_.node(index);
  if (!node.sums_hold()) broken("a sum that is kept is not what it would be if computed");
  check_memory(node);
  if (node.peers().count() >= kNodesMax) broken("more nodes are known than there may be");
  for (const auto& peer : node.peers().all()) check_replica(index, *peer);
}

// protocol.md [memory-share]
void Invariants::check_memory(const Node& node) {
  const std::size_t shares = node.peers().count() * kReplicaShareBytes;
  if (node.replica_bytes() > shares + net_.options.common_replica_bytes) {
    broken("replicas take more than their memory");
  }
  for (const auto& peer : node.peers().all()) {
    if (peer->copy.unheld && peer->copy.unheld->bytes <= kReplicaShareBytes) {
      broken("no room for a state that is within its node's share");
    }
  }
}

// Others may have heard of it, by its own beats, after we last did; or we hear it ourselves.
bool Invariants::is_heard_of_since(const Peer& peer, const Seen& seen) {
  const StoredHead& head = peer.copy.checkpoint->head;
  return head.left || peer.session.confirmed ||
         proven_clock_ms(head, beat_of_run(peer, head)) > seen.clock_reached_ms;
}

void Invariants::check_replica(std::size_t index, const Peer& peer) {
  const StateVersion& version = peer.copy.replica.version();
  if (version.incarnation == 0) return;
  if (!is_trusted(peer.id)) return check_bounds(peer);
  Seen& seen = seen_[{index, net_.node(index).self().session(), peer.id}];
  // A node without its memory is told what it had reached, if there is a head that proves it.
  const bool provable = seen.proven >= seen.version.incarnation;
  seen.proven = std::max(seen.proven, peer.run.head.version.incarnation);
  if (version < seen.version && !seen.forgotten && provable) {
    broken(fmt::format("{} went back from {}.{} to {}.{} of {}", net_[index].options.name,
                       seen.version.incarnation, seen.version.version, version.incarnation,
                       version.version, name_of(peer.id)));
  }
  check_checkpoint(index, peer);
  const bool back = seen.forgotten && version <= seen.version && peer.copy.relayed;
  if (back && !is_heard_of_since(peer, seen)) {
    broken(fmt::format("{} had forgotten {}.{} of {}, and took {}.{} from a relay",
                       net_[index].options.name, seen.version.incarnation, seen.version.version,
                       name_of(peer.id), version.incarnation, version.version));
  }
  if (version == seen.version && peer.copy.changed == seen.changed) return;
  if (peer.copy.relayed) {
    Bytes canonical;
    peer.copy.replica.store().encode_canonical(canonical);
    const ShortHash root = state_root(*net_[index].crypto, canonical);
    const bool is_signed = signed_.contains({peer.id, version, root});
    if (!is_signed) broken("a state from a relay that its owner never signed");
  }
  seen = {version, peer.copy.changed};
  check_contents(index, peer);
  if (exact_clocks_) check_clock(index, peer);
}

void Invariants::check_bounds(const Peer& peer) {
  const EntryStore& store = peer.copy.replica.store();
  if (store.count() > kKeysPerNodeMax || store.encoded_bytes() > kStateBytesMax) {
    broken("a replica is larger than a state may be");
  }
}

void Invariants::check_contents(std::size_t index, const Peer& peer) {
  if (!is_trusted(peer.id)) return;
  const StateVersion& version = peer.copy.replica.version();
  const auto states = committed_.find({peer.id, version});
  const auto where = [&] {
    return fmt::format("{} at {}.{} of {}", net_[index].options.name, version.incarnation,
                       version.version, name_of(peer.id));
  };
  if (states == committed_.end()) return broken("a version that its owner never had: " + where());
  if (std::ranges::find(states->second, peer.copy.replica.store().entries()) ==
      states->second.end()) {
    broken("a state that its owner never committed: " + where());
  }
}

// A reading is taken for at most as much younger than it is as a datagram was on its way.
void Invariants::check_clock(std::size_t index, const Peer& peer) {
  const auto run = run_of_.find({peer.id, peer.copy.replica.version()});
  if (run == run_of_.end() || run->second != peer.copy.session) return;
  const Instant begin = session_begin_[static_cast<std::uint64_t>(run->second)];
  if (peer.copy.replica.clock_is_relayed()) return check_relayed_clock(index, peer, begin);
  const Instant shown = peer.copy.replica.local_time(0);
  const Duration slack = 2ms;
  const Duration longest = latest_arrival_ + slack;
  if (shown + slack < begin) {
    broken(fmt::format("readings of {} at {} look {} ms older than they are", name_of(peer.id),
                       net_[index].options.name, to_ms(begin - shown)));
  }
  if (shown > begin + longest) {
    broken(fmt::format("readings at {} look {} ms younger than they are", net_[index].options.name,
                       to_ms(shown - begin)));
  }
}

// A name that counts is the one that its node gave itself, whatever others say. Of two nodes that
// are there, neither is in conflict, for they have different names.
void Invariants::check_name(std::size_t index, const Peer& peer) {
  const std::string named = name_of(peer.id);
  if (!is_trusted(peer.id) || !peer.name_proven() || named == kGone) return;
  if (peer.name != named) broken(named + " is called " + peer.name + " as if that was proven");
  const std::optional<NodeId> holder = net_.node(index).names().holder(peer.name);
  if (!holder || *holder == peer.id || !is_trusted(*holder)) return;
  const std::string other = name_of(*holder);
  // A clone that got a key of its own has the same name indeed.
  if (other != kGone && other != named) broken("the name of " + named + " belongs to " + other);
}

// From one to the other, at most through all. Where one of them lies, what the owner signed tells
// how old its readings are at least.
void Invariants::check_relayed_clock(std::size_t index, const Peer& peer, Instant begin) {
  const Instant shown = peer.copy.replica.local_time(0);
  const Duration slack = 2ms;
  const Duration longest = (longest_delay_ + slack) * static_cast<Duration::rep>(net_.size());
  if (!insider_at_ && shown > begin + longest) {
    broken(fmt::format("readings from a relay at {} look {} ms younger than they are",
                       net_[index].options.name, to_ms(shown - begin)));
  }
  if (!peer.copy.checkpoint || !peer.copy.checkpoint->in_replica) return;
  const std::chrono::milliseconds proven(peer.copy.checkpoint->head.clock_ms);
  if (shown + proven > net_.now(index) + slack) {
    broken("readings from a relay look younger than their owner signed");
  }
}

// What can be handed on is what its owner had, and signed.
void Invariants::check_checkpoint(std::size_t index, const Peer& peer) {
  if (!peer.copy.checkpoint) return;
  const Checkpoint& kept = *peer.copy.checkpoint;
  auto& seen = checkpoints_seen_[{index, net_.node(index).self().session(), peer.id}];
  if (seen == std::pair(kept.head.encoded, kept.in_replica)) return;
  seen = {kept.head.encoded, kept.in_replica};
  Bytes canonical = kept.copy.canonical;
  if (kept.in_replica) peer.copy.replica.store().encode_canonical(canonical);
  const ShortHash root = state_root(*net_[index].crypto, canonical);
  if (root != kept.head.root || !signed_.contains({peer.id, kept.head.version, root})) {
    broken(fmt::format("a checkpoint that its owner never signed: {} of {}",
                       net_[index].options.name, name_of(peer.id)));
  }
}

void Invariants::record_head(std::size_t index) {
  const LocalNode& self = net_.node(index).self();
  const std::optional<Head> head = decode_head(self.last_head().head);
  if (head) signed_.insert({self.id(), head->version, head->root});
}

void Invariants::note_forgotten(std::size_t index) {
  const SessionId session = net_.node(index).self().session();
  auto it = seen_.lower_bound({index, session, NodeId{}});
  for (; it != seen_.end() && std::get<0>(it->first) == index; ++it) {
    if (std::get<1>(it->first) != session) break;
    const NodeId& id = std::get<2>(it->first);
    const PeerTable& peers = net_.node(index).peers();
    if (it->second.forgotten || peers.find(id) != nullptr) continue;
    it->second.forgotten = true;
    it->second.clock_reached_ms = peers.high_water(id).clock_ms;
    const auto kept = peers.forgotten().find(id);
    const bool lost = kept == peers.forgotten().end() || kept->second.head.encoded.empty();
    if (lost && it->second.proven > 0) {
      broken("a node was forgotten and can never be told what it had reached: " + name_of(id));
    }
  }
}

void Invariants::check_everything() {
  for (std::size_t index = 0; index < net_.size(); ++index) {
    if (!net_[index].running) continue;
    for (const auto& peer : net_.node(index).peers().all()) {
      if (peer->copy.replica.version().incarnation > 0) check_contents(index, *peer);
      check_name(index, *peer);
    }
  }
}

// Of what was invented, misheard or is done, nothing takes memory any more.
void Invariants::check_tables(std::size_t index, const Census& census) {
  const Node& node = net_.node(index);
  const std::string where = " at " + net_[index].options.name;
  if (node.peers().count() + node.peers().forgotten().size() >= census.identities) {
    broken("more nodes are kept than there ever were" + where);
  }
  if (node.contact_count() > census.addresses) {
    broken("more addresses are kept than there ever were" + where);
  }
  for (const auto& peer : node.peers().all()) {
    const std::string whose = where + " of " + name_of(peer->id);
    if (peer->pull.transfer) broken("a transfer that never ends" + whose);
    // One of two clones is kept outside, and goes on trying; and what both say is compared for
    // ever.
    if (!is_trusted(peer->id) || !is_trusted(node.self().id())) continue;
    if (peer->pull.request.due != kNever) broken("a pull that never ends" + whose);
  }
}

void Invariants::check_at_rest(const Census& census) {
  std::set<NodeId> running;
  for (std::size_t i = 0; i < net_.size(); ++i) {
    if (net_[i].running) running.insert(net_.node(i).self().id());
  }
  for (std::size_t index = 0; index < net_.size(); ++index) {
    if (!net_[index].running) continue;  // a clone that ended
    check_tables(index, census);
    for (const auto& peer : net_.node(index).peers().all()) {
      const bool ghost = peer->reachable() && !running.contains(peer->id);
      if (ghost) broken("a ghost at " + net_[index].options.name + " of " + name_of(peer->id));
    }
  }
}

}  // namespace dsn::sim
