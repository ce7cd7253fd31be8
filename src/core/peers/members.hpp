// SPDX-License-Identifier: Apache-2.0
// Sums over all members. They are kept up to date at every change of a member: with a thousand
// members, no frame may cost a walk over all of them.
#pragma once

#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "base/siphash.hpp"
#include "core/peers/peer.hpp"

namespace dsn::core {

/// What a node adds to the membership sum.
[[nodiscard]] inline std::uint64_t member_hash(std::span<const std::uint8_t, 16> sum_key,
                                               const NodeId& id) {
  return siphash24(sum_key, id.bytes);
}

/// The sum of the members' hashes, and how many members there are.
struct Membership {
  std::uint64_t sum = 0;
  std::uint64_t count = 0;
  bool operator==(const Membership&) const = default;
};

/// The peers that are live or late. PeerTable reports every change. Writes Peer::digest, together
/// with StateDigest.
class Members {
 public:
  using Buckets = std::array<std::uint64_t, wire::kBuckets>;

  void add(Peer& peer);
  void remove(Peer& peer);
  /// The peer has another proven address than `before`, or none.
  void moved(const Peer& peer, const Endpoint& before);
  /// What is held of the peer changed: its fingerprint is counted anew. The peer need not be a
  /// member.
  void holding_changed(Peer& peer);
  /// The peer is about to be erased.
  void forget(Peer& peer);

  /// All members, in no particular order.
  [[nodiscard]] const std::vector<Peer*>& all() const { return all_; }
  [[nodiscard]] const Membership& membership() const { return membership_; }
  /// Whether a member has proven that it is at this address.
  [[nodiscard]] bool any_at(const Endpoint& endpoint) const { return places_.contains(endpoint); }

  /// Takes a peer out of the queue of those whose fingerprints are not in the buckets; null if the
  /// queue is empty.
  [[nodiscard]] Peer* take_uncounted();
  void count_fingerprint(Peer& peer, std::uint64_t fingerprint);
  /// The sums of the fingerprints that were counted, for each bucket.
  [[nodiscard]] const Buckets& fingerprints() const { return fingerprints_; }

  static std::size_t bucket_of(std::uint64_t prefix) { return prefix >> 58; }

 private:
  void leave_place(const Endpoint& endpoint);

  std::vector<Peer*> all_;
  Membership membership_;
  std::unordered_map<Endpoint, std::size_t, EndpointHash> places_;
  Buckets fingerprints_{};
  std::vector<Peer*> uncounted_;
};

}  // namespace dsn::core
