// SPDX-License-Identifier: Apache-2.0
#include "core/fetch/anti_entropy.hpp"

#include <algorithm>
#include <vector>

#include "base/big_endian.hpp"
#include "core/common/injected_bugs.hpp"

namespace dsn::core {
namespace {

using BucketBytes = std::array<std::uint8_t, wire::kBuckets * 8>;

BucketBytes encode_buckets(const StateDigest::Buckets& buckets) {
  BucketBytes bytes;
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    put_big_endian(std::span(bytes).subspan(i * 8, 8), buckets[i]);
  }
  return bytes;
}

std::uint64_t bucket_sum(ByteView buckets, std::size_t index) {
  return get_big_endian<std::uint64_t>(buckets.subspan(index * 8, 8));
}

}  // namespace

void AntiEntropy::note_change(Instant now) {
  last_change_ = now;
  if (interval_ == kRoundMin) return;
  interval_ = kRoundMin;
  round_due_ = std::min(round_due_, now + random_.between(kRoundMin / 2, kRoundMin));
}

void AntiEntropy::handle_timeout(Instant now, Effects& effects) {
  if (retry_due_ <= now) retry(now, effects);
  if (round_due_ <= now) begin_round(now, effects);
}

// Of some that are drawn, the one that was not heard of for longest: a dead one is found earlier.
// protocol.md [round-partner]
Peer* AntiEntropy::pick_partner() {
  const std::vector<Peer*>& members = peers_.members().all();
  Peer* longest = nullptr;
  for (std::size_t i = 0; i < kPartnersCompared && !members.empty(); ++i) {
    Peer* peer = members[random_.below(members.size())];
    if (peer->life.state != PeerState::live) continue;
    if (longest == nullptr || peer->life.heard < longest->life.heard) longest = peer;
  }
  return longest;
}

// protocol.md [round-pace]
void AntiEntropy::begin_round(Instant now, Effects& effects) {
  // Fast while there is news, then 1.5 times slower each round up to the longest interval.
  if (now - last_change_ > 4 * kRoundMin) {
    interval_ = std::min<Duration>(interval_ * 3 / 2, kRoundMax);
  }
  round_due_ = now + random_.between(interval_ * 3 / 4, interval_ * 5 / 4);
  if (leg_ == Leg::syn && transmissions_ >= kTransmissionsMax) {
    if (Peer* silent = peers_.find(partner_)) liveness_.round_unanswered(*silent, now);
  }
  Peer* partner = pick_partner();
  leg_ = Leg::none;
  retry_due_ = kNever;
  if (partner == nullptr) return;
  counters_.add(Counter::rounds);
  partner_ = partner->id;
  liveness_.round_begun();
  leg_ = Leg::syn;
  transmissions_ = 0;
  transmit(*partner, now, effects);
}

// protocol.md [ask-again]
void AntiEntropy::retry(Instant now, Effects& effects) {
  Peer* partner = peers_.find(partner_);
  if (leg_ == Leg::none || partner == nullptr || transmissions_ >= kTransmissionsMax) {
    if (leg_ == Leg::syn && partner != nullptr) liveness_.round_unanswered(*partner, now);
    leg_ = Leg::none;
    retry_due_ = kNever;
    return;
  }
  transmit(*partner, now, effects);
}

void AntiEntropy::transmit(Peer& peer, Instant now, Effects& effects) {
  if (leg_ == Leg::syn) {
    syns_.send(peer, now, effects);
  } else {
    send_lists(peer, {list_token_, false, differing_buckets_, {}}, now, effects);
  }
  retry_due_ = now + kRetryIntervals[transmissions_++];
}

wire::DigestItem AntiEntropy::our_item(std::uint64_t prefix, Peer*& origin) {
  origin = nullptr;
  const wire::DigestItem own = digest_.own_item();
  if (own.origin_prefix == prefix) return own;
  origin = peers_.find_prefix(prefix);
  return origin == nullptr ? wire::DigestItem{prefix, {}, 0} : digest_.item(*origin);
}

// protocol.md [items]
void AntiEntropy::compare_one(const wire::DigestItem& item, const wire::DigestItem& ours,
                              Peer* origin, const Peer& teller, Instant now) {
  if (item.origin_prefix == digest_.own_item().origin_prefix) return;  // we know it best ourselves
  const bool same = item.version == ours.version && item.fingerprint == ours.fingerprint;
  if (same) return;
  // A node that is a member to others and lost to us may have another address by now.
  const bool moved = origin != nullptr && (!origin->reachable() || !origin->path.is_proven());
  const bool lost = origin == nullptr || (moved && !has_bug(InjectedBug::moved_not_asked));
  if (lost && unknown_.count < unknown_.prefixes.size()) {
    unknown_.prefixes[unknown_.count++] = item.origin_prefix;
  }
  if (StateDigest::differ_in_membership(item, ours)) {
    if (origin != nullptr && origin->reachable()) liveness_.note_lost_to_others(*origin, now);
    return;
  }
  // protocol.md [observer-relay]
  const bool relays = !teller.session.is_observer || has_bug(InjectedBug::observer_relays);
  const bool newer = item.version >= ours.version && relays;
  if (newer && (origin == nullptr || !origin->reachable() || origin->pull.unanswered)) {
    relayed_puller_.note_item(item, teller, now);
  }
  if (origin == nullptr || !origin->reachable()) return;
  if (item.version > ours.version) {
    puller_.note_gossip(*origin, item.version, now);
  } else if (item.version == ours.version && StateDigest::counts(*origin)) {
    puller_.note_difference(*origin, now);
  }
}

std::uint64_t AntiEntropy::compare(const wire::DigestItems& items, const Peer& teller,
                                   Instant now) {
  std::uint64_t difference = 0;
  unknown_.count = 0;
  wire::CborReader in(items.encoded);
  for (std::size_t i = 0; i < items.count; ++i) {
    const wire::DigestItem item = wire::decode_item(in);
    Peer* origin = nullptr;
    const wire::DigestItem ours = our_item(item.origin_prefix, origin);
    difference += item.fingerprint;
    const bool counted = origin == nullptr || StateDigest::counts(*origin);
    if (counted) difference -= ours.fingerprint;
    compare_one(item, ours, origin, teller, now);
  }
  return difference;
}

// Where nothing came of it before, nothing will soon: two may differ for good about what one of
// them has forgotten, or does not believe. protocol.md [standing-difference]
bool AntiEntropy::is_worth_buckets(Peer& peer, std::uint64_t ours, std::uint64_t theirs,
                                   Instant now) {
  StandingDifference& standing = peer.difference;
  if (standing.ours != ours || standing.theirs != theirs) {
    standing = {ours, theirs, {}};
    return true;
  }
  if (standing.backoff.is_paused(now)) return false;
  standing.backoff.failed(now);
  return true;
}

// protocol.md [ack]
void AntiEntropy::handle_syn(Peer& peer, const wire::Syn& syn, Instant now, Effects& effects) {
  peer.session.note_sent(syn.sent);
  wire::Ack ack;
  ack.token = syn.token;
  ack.sent = peer.session.sent_count;
  std::array<std::uint8_t, wire::kRecentsMax * kDigestItemBytesMax> item_buffer;
  BucketBytes bucket_bytes;
  wire::CborWriter items(item_buffer);
  const std::uint64_t ours = digest_.sum();
  if (syn.state_sum != ours) {
    const std::uint64_t difference = compare(syn.recents, peer, now);
    const bool explained = ours + difference == syn.state_sum;
    // What we have newer than the peer said, and what is new here that it did not name.
    for (const wire::DigestItem& item : digest_.recents(now - kRecentSpan)) {
      append_item(items, ack.newer.count, item);
      if (items.size() > wire::kPlaintextBytesMax / 2) break;
    }
    ack.newer.encoded = items.written();
    if (!explained && is_worth_buckets(peer, ours, syn.state_sum, now)) {
      bucket_bytes = encode_buckets(digest_.buckets());
      ack.buckets = bucket_bytes;
    }
  }
  wire::CborWriter out = outbox_.plaintext_to(peer);
  wire::encode_ack(out, ack);
  if (!out.ok()) {  // the token is what an address is proven by, the rest can wait
    out = outbox_.plaintext();
    wire::encode_ack(out, {ack.token, {}, {}, ack.sent});
  }
  if (peer.path.is_proven()) syns_.append_news(peer, out, now);
  outbox_.send(peer, out, effects);
  send_who(peer, effects);
}

void AntiEntropy::handle_ack(Peer& peer, const wire::Ack& ack, Instant now, Effects& effects) {
  peer.session.note_sent(ack.sent);
  if (syns_.proves_address(peer, ack.token)) {
    compare(ack.newer, peer, now);
    return send_who(peer, effects);
  }
  if (!syns_.handle_ack(peer, ack.token, now)) {
    counters_.add(Counter::drop_unwanted);
    return;
  }
  const bool ours = leg_ == Leg::syn && peer.id == partner_;
  if (ours) {
    liveness_.round_answered();
    leg_ = Leg::none;
    retry_due_ = kNever;
  }
  compare(ack.newer, peer, now);
  send_who(peer, effects);
  if (!ours || ack.buckets.empty()) return;
  const StateDigest::Buckets buckets = digest_.buckets();
  differing_buckets_ = 0;
  for (std::size_t i = 0; i < wire::kBuckets; ++i) {
    if (bucket_sum(ack.buckets, i) != buckets[i]) differing_buckets_ |= std::uint64_t{1} << i;
  }
  if (differing_buckets_ == 0) return;
  leg_ = Leg::list;
  list_token_ = syns_.new_token();
  transmissions_ = 0;
  transmit(peer, now, effects);
}

void AntiEntropy::handle_list(Peer& peer, const wire::List& list, Instant now, Effects& effects) {
  if (list.answer) {
    const bool asked = leg_ == Leg::list && peer.id == partner_ && list.token == list_token_;
    if (!asked && !has_bug(InjectedBug::answer_answered)) {
      counters_.add(Counter::drop_unwanted);
      return;
    }
    // The frames of one answer come together; the first ends the waiting.
    retry_due_ = kNever;
  }
  compare(list.items, peer, now);
  send_who(peer, effects);
  const bool answers = !list.answer || has_bug(InjectedBug::answer_answered);
  if (answers) send_lists(peer, {list.token, true, list.bucket_mask, {}}, now, effects);
}

// protocol.md [list-answer]
void AntiEntropy::send_lists(Peer& peer, const wire::List& header, Instant now, Effects& effects) {
  const std::vector<wire::DigestItem> items = digest_.items_of(header.bucket_mask);
  std::array<std::uint8_t, wire::kPlaintextBytesMax - 32> buffer;
  std::size_t next = 0;
  // The node that asks sends a single frame, so that nobody can make it flood a peer. What does not
  // fit comes back in the answer.
  const std::size_t frames_max = header.answer ? kListFramesMax : 1;
  for (std::size_t frame = 0; frame < frames_max; ++frame) {
    if (frame > 0 && !answers_.take(peer, now)) return;
    wire::CborWriter encoded(buffer);
    wire::List list = header;
    while (next < items.size()) {
      const std::size_t before = encoded.size();
      append_item(encoded, list.items.count, items[next]);
      if (!encoded.ok()) {
        encoded.rewind(before);
        break;
      }
      ++next;
    }
    list.items.encoded = encoded.written();
    wire::CborWriter out = outbox_.plaintext();
    wire::encode_list(out, list);
    outbox_.send(peer, out, effects);
    if (next == items.size()) return;
  }
}

// Asks the peer where the origins are that it named.
void AntiEntropy::send_who(Peer& peer, Effects& effects) {
  if (unknown_.count == 0) return;
  wire::CborWriter out = outbox_.plaintext();
  wire::encode_who(out, unknown_);
  unknown_.count = 0;
  outbox_.send(peer, out, effects);
}

}  // namespace dsn::core
