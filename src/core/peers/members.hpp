// SPDX-License-Identifier: Apache-2.0
// What all members together come to. Kept at every change of one of them: with a thousand, no
// frame may cost a walk over all.
#pragma once

#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "core/peers/peer.hpp"

namespace dsn::core {

/// Sum over the members' ids and how many there are.
struct Membership {
  std::uint64_t sum = 0;
  std::uint64_t count = 0;
  bool operator==(const Membership&) const = default;
};

/// The peers that are live or late. PeerTable tells it of every change.
class Members {
 public:
  using Buckets = std::array<std::uint64_t, wire::kBuckets>;

  void add(Peer& peer);
  void remove(Peer& peer);
  /// The peer has another address than `before`.
  void moved(const Peer& peer, const Endpoint& before);
  /// What is held of the peer, which need be no member, changed: its fingerprint is to be counted
  /// anew.
  void holding_changed(Peer& peer);
  /// The peer is to be erased.
  void forget(Peer& peer);

  /// In no order that means anything.
  [[nodiscard]] const std::vector<Peer*>& all() const { return all_; }
  [[nodiscard]] const Membership& membership() const { return membership_; }
  [[nodiscard]] bool any_at(const Endpoint& endpoint) const { return places_.contains(endpoint); }

  /// Hands out one whose fingerprint is not in the buckets, to be counted; nothing if all are.
  [[nodiscard]] Peer* take_uncounted();
  void count_fingerprint(Peer& peer, std::uint64_t fingerprint);
  /// Sums of the fingerprints that were counted.
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
