// SPDX-License-Identifier: Apache-2.0
#include "core/peers/state_digest.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/big_endian.hpp"
#include "base/siphash.hpp"
#include "core/common/injected_bugs.hpp"

namespace dsn::core {

std::uint64_t state_fingerprint(std::span<const std::uint8_t, 16> sum_key, const NodeId& id,
                                const StateVersion& version, const ShortHash& root) {
  std::array<std::uint8_t, 16 + 4 + 8 + 16> message;
  std::ranges::copy(id.bytes, message.begin());
  put_big_endian(std::span(message).subspan<16, 4>(), version.incarnation);
  put_big_endian(std::span(message).subspan<20, 8>(), version.version);
  std::ranges::copy(root, message.begin() + 28);
  return siphash24(sum_key, message);
}

std::uint64_t StateDigest::fingerprint(const NodeId& id, const StateVersion& version,
                                       const EntryStore& store) {
  store.encode_canonical(canonical_);
  return state_fingerprint(keys_.sum_key(), id, version, state_root(crypto_, canonical_));
}

// protocol.md [digest-lost]
wire::DigestItem StateDigest::item(Peer& peer) {
  if (!peer.reachable()) return checkpoint_item(peer);
  const StateVersion& version = peer.copy.replica.version();
  if (version.incarnation == 0) return {peer.id.prefix(), {}, 0};
  const bool kept = has_bug(InjectedBug::fingerprint_kept) &&
                    peer.digest.version.incarnation == version.incarnation;
  if (peer.digest.version != version && !kept) {
    peer.digest.fingerprint = fingerprint(peer.id, version, peer.copy.replica.store());
    peer.digest.version = version;
  }
  return {peer.id.prefix(), version, peer.digest.fingerprint};
}

// The complement tells apart nodes for which the origin is lost and nodes for which it is a member,
// although they hold the same state. The mark tells apart those that know that it left.
wire::DigestItem StateDigest::checkpoint_item(const Peer& peer) {
  if (!peer.copy.checkpoint) return {peer.id.prefix(), {}, 0};
  const StoredHead& head = peer.copy.checkpoint->head;
  const std::uint64_t lost = ~state_fingerprint(keys_.sum_key(), peer.id, head.version, head.root);
  return {peer.id.prefix(), head.version, head.left ? lost ^ kLeftMark : lost};
}

wire::DigestItem StateDigest::own_item() {
  const StateVersion version = self_.version();
  if (own_fingerprint_version_ != version) {
    own_fingerprint_ = fingerprint(self_.id(), version, self_.state().store());
    own_fingerprint_version_ = version;
  }
  return {self_.id().prefix(), version, own_fingerprint_};
}

void StateDigest::count_changed() {
  Members& members = peers_.members();
  while (Peer* peer = members.take_uncounted()) {
    members.count_fingerprint(*peer, counts(*peer) ? item(*peer).fingerprint : 0);
  }
}

std::uint64_t StateDigest::sum() {
  const Buckets sums = buckets();
  return std::accumulate(sums.begin(), sums.end(), std::uint64_t{0});
}

StateDigest::Buckets StateDigest::buckets() {
  count_changed();
  Buckets buckets = peers_.members().fingerprints();
  const wire::DigestItem own = own_item();
  buckets[Members::bucket_of(own.origin_prefix)] += own.fingerprint;
  return buckets;
}

bool StateDigest::sums_hold() {
  Buckets computed{};
  for (const wire::DigestItem& item : items_of(~std::uint64_t{0})) {
    computed[Members::bucket_of(item.origin_prefix)] += item.fingerprint;
  }
  return computed == buckets();
}

std::vector<wire::DigestItem> StateDigest::recents(Instant since) {
  std::vector<std::pair<Instant, wire::DigestItem>> changed;
  if (own_changed_ > since) changed.emplace_back(own_changed_, own_item());
  for (const auto& peer : peers_.all()) {
    if (counts(*peer) && peer->copy.changed > since)
      changed.emplace_back(peer->copy.changed, item(*peer));
  }
  const auto newest_first = [](const auto& a, const auto& b) { return a.first > b.first; };
  std::ranges::stable_sort(changed, newest_first);
  std::vector<wire::DigestItem> items;
  for (std::size_t i = 0; i < changed.size() && i < wire::kRecentsMax; ++i) {
    items.push_back(changed[i].second);
  }
  return items;
}

std::vector<wire::DigestItem> StateDigest::items_of(std::uint64_t mask) {
  const auto wanted = [mask](std::uint64_t prefix) {
    return (mask >> Members::bucket_of(prefix) & 1) != 0;
  };
  std::vector<wire::DigestItem> items;
  if (wanted(self_.id().prefix())) items.push_back(own_item());
  for (const auto& peer : peers_.all()) {
    if (wanted(peer->id.prefix()) && counts(*peer)) items.push_back(item(*peer));
  }
  return items;
}

}  // namespace dsn::core
