// SPDX-License-Identifier: Apache-2.0
// Describes all states that this node holds: in one sum of 8 bytes, in 64 sums, or item by item
// (docs/protocol.md, section 7.2).
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/common/limits.hpp"
#include "core/peers/peer_table.hpp"
#include "core/session/keyring.hpp"
#include "core/state/local_node.hpp"
#include "core/state/state_root.hpp"
#include "wire/cbor_writer.hpp"

namespace dsn::core {

/// Describes one state of one origin in 8 bytes. The hash is keyed, so that only members can find
/// two states with the same fingerprint.
[[nodiscard]] std::uint64_t state_fingerprint(std::span<const std::uint8_t, 16> sum_key,
                                              const NodeId& id, const StateVersion& version,
                                              const ShortHash& root);

/// The largest encoding of one item.
inline constexpr std::size_t kDigestItemBytesMax = 1 + 9 + 5 + 9 + 9;
/// Appends the item and counts it, if it fits.
inline void append_item(wire::CborWriter& out, std::size_t& count, const wire::DigestItem& item) {
  wire::encode_item(out, item);
  if (out.ok()) ++count;
}

/// A member counts with the replica that is held of it. Any other node counts with its checkpoint,
/// which can be passed on, so that all nodes come to hold the same of it. Fingerprints are computed
/// when they are needed; those of replicas are kept until the replica changes. Writes Peer::digest,
/// together with Members.
class StateDigest {
 public:
  using Buckets = Members::Buckets;
  /// Toggled in the fingerprint of an origin that left for good.
  static constexpr std::uint64_t kLeftMark = 1;

  StateDigest(CryptoPort& crypto, const Keyring& keys, LocalNode& self, PeerTable& peers)
      : crypto_(crypto), keys_(keys), self_(self), peers_(peers) {}

  [[nodiscard]] std::uint64_t sum();
  [[nodiscard]] Buckets buckets();
  /// The item of what is held of one origin; its version is {0, 0} if nothing is held.
  [[nodiscard]] wire::DigestItem item(Peer& peer);
  /// Whether both name the same state, but one as that of a member and the other as that of a node
  /// that is lost.
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
  /// For tests: whether the kept sums equal those that would be computed now.
  [[nodiscard]] bool sums_hold();

  /// Whether anything is held of the peer.
  static bool counts(const Peer& peer) {
    return peer.reachable() ? peer.copy.replica.version().incarnation > 0
                            : peer.copy.checkpoint.has_value();
  }

 private:
  std::uint64_t fingerprint(const NodeId& id, const StateVersion& version, const EntryStore& store);
  wire::DigestItem checkpoint_item(const Peer& peer);
  void count_changed();

  CryptoPort& crypto_;
  const Keyring& keys_;
  LocalNode& self_;
  PeerTable& peers_;
  Instant own_changed_{};
  std::uint64_t own_fingerprint_ = 0;
  StateVersion own_fingerprint_version_;
  Bytes canonical_;
};

}  // namespace dsn::core
