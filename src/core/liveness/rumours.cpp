// SPDX-License-Identifier: Apache-2.0
#include "core/liveness/rumours.hpp"

#include <algorithm>
#include <array>

namespace dsn::core {
namespace {

// RUMOURS without any: array, type, index, element, length, warnings.
constexpr std::size_t kBareBytes = 1 + 1 + 9 + 9 + 3 + 5;

auto rumour_of(const Peer& peer) {
  return wire::encode_rumour({static_cast<std::uint32_t>(peer.id.prefix() >> 40),
                              static_cast<std::uint16_t>(peer.life.beat.index),
                              peer.life.beat.element});
}

}  // namespace

// The latest are worth most: when more come than can be passed on, the oldest go.
void RumourSpreader::note(const Peer& peer, const Peer& teller) {
  std::erase_if(news_, [&](const NewsItem& one) { return one.prefix == peer.id.prefix(); });
  if (news_.size() >= kRumoursKeptMax) news_.erase(news_.begin());
  news_.push_back({peer.id.prefix(), teller.id.prefix(), 0});
}

// protocol.md [rumours]
void RumourSpreader::append(Peer& to, wire::CborWriter& out, Instant now) {
  if (out.space() < kBareBytes) return;
  std::ranges::stable_sort(news_, std::greater{}, &NewsItem::sent);  // least sent last, then latest
  const std::size_t room = (out.space() - kBareBytes) / wire::kRumourBytes;
  std::array<std::uint8_t, kRumoursPerFrame * wire::kRumourBytes> others;
  std::size_t size = 0;
  for (auto at = news_.rbegin(); at != news_.rend(); ++at) {
    if (size / wire::kRumourBytes >= std::min(room, kRumoursPerFrame)) break;
    const Peer* peer = peers_.find_prefix(at->prefix);
    if (peer == nullptr || peer == &to || at->teller == to.id.prefix()) continue;
    std::ranges::copy(rumour_of(*peer), others.begin() + static_cast<std::ptrdiff_t>(size));
    size += wire::kRumourBytes;
    ++at->sent;
  }
  std::erase_if(news_, [](const NewsItem& one) { return one.sent >= kRumourForwardsMax; });
  const wire::Beat own = self_.beat(now);
  if (size == 0 && to.life.told_beat == own.index) return;
  to.life.told_beat = own.index;
  wire::encode_rumours(out, {own, ByteView(others).first(size), self_.warnings()});
}

void RumourSpreader::send(Peer& to, std::span<const Peer* const> about, Instant now,
                          Effects& effects) {
  Bytes others;
  for (const Peer* peer : about) {
    const auto rumour = rumour_of(*peer);
    others.insert(others.end(), rumour.begin(), rumour.end());
  }
  wire::CborWriter out = outbox_.plaintext();
  wire::encode_rumours(out, {self_.beat(now), others, self_.warnings()});
  outbox_.send(to, out, effects);
}

}  // namespace dsn::core
