// SPDX-License-Identifier: Apache-2.0
// What this node holds of everybody, in 8 bytes, in 64 sums, or item by item
// (docs/protocol.md, section 7.2).
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/common/limits.hpp"
#include "core/peers/peer_table.hpp"
#include "core/session/keys.hpp"
#include "core/state/local_node.hpp"
#include "core/state/state_root.hpp"

namespace dsn::core {

/// One state of one origin in 8 bytes. Keyed, so that only members can find two states with one.
[[nodiscard]] std::uint64_t state_fingerprint(std::span<const std::uint8_t, 16> sum_key,
                                              const NodeId& id, const StateVersion& version,
                                              const ShortHash& root);

/// Of members it is the state that is held which counts. Of all others it is the checkpoint: what
/// can be passed on, so that all come to hold the same of those who are no more. Fingerprints are
/// computed when they are needed, and those of replicas kept until the state changes.
class StateDigest {
 public:
  using Buckets = Members::Buckets;
  /// In the fingerprint of an origin that left for good.
  static constexpr std::uint64_t kLeftMark = 1;

  StateDigest(CryptoPort& crypto, const NetworkKeys& keys, LocalNode& self, PeerTable& peers)
      : crypto_(crypto), keys_(keys), self_(self), peers_(peers) {}

  [[nodiscard]] std::uint64_t sum();
  [[nodiscard]] Buckets buckets();
  /// What is held of one origin; a version of {0, 0} if nothing.
  [[nodiscard]] wire::DigestItem item(Peer& peer);
  /// Whether one names the state of a member, and the other the same as that of a lost node.
  static bool differ_in_membership(const wire::DigestItem& a, const wire::DigestItem& b) {
    return a.version == b.version &&
           (a.fingerprint == ~b.fingerprint || a.fingerprint == (~b.fingerprint ^ kLeftMark));
  }
  [[nodiscard]] wire::DigestItem own_item();
  /// The origins that changed after `since`, most recent first, at most kRecentsMax.
  [[nodiscard]] std::vector<wire::DigestItem> recents(Instant since);
  /// All origins of the buckets in `mask`.
  [[nodiscard]] std::vector<wire::DigestItem> items_of(std::uint64_t mask);

  void own_changed(Instant now) { own_changed_ = now; }
  /// Whether the sums that are kept are those that would be computed now. For tests.
  [[nodiscard]] bool sums_hold();

  static bool counts(const Peer& peer) {
    return peer.reachable() ? peer.copy.replica.version().incarnation > 0
                            : peer.copy.checkpoint.has_value();
  }

 private:
  std::uint64_t fingerprint(const NodeId& id, const StateVersion& version, const EntryStore& store);
  wire::DigestItem checkpoint_item(const Peer& peer);
  void count_changed();

  CryptoPort& crypto_;
  const NetworkKeys& keys_;
  LocalNode& self_;
  PeerTable& peers_;
  Instant own_changed_{};
  std::uint64_t own_fingerprint_ = 0;
  StateVersion own_fingerprint_version_;
  Bytes canonical_;
};

}  // namespace dsn::core
