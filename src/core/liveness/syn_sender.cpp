// SPDX-License-Identifier: Apache-2.0
#include "core/liveness/syn_sender.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/big_endian.hpp"
#include "base/siphash.hpp"

namespace dsn::core {
namespace {

constexpr Duration kAddressInterval = 300ms;
// Three bytes on the wire.
constexpr std::uint64_t kTokenMax = 0xffff;

}  // namespace

SynSender::SynSender(CryptoPort& crypto, const LocalNode& self, PeerTable& peers,
                     StateDigest& digest, StateSigner& signer, KeySpreader& keys,
                     RumourSpreader& rumours, Outbox& outbox, const Secret<32>& run_secret)
    : self_(self),
      peers_(peers),
      digest_(digest),
      signer_(signer),
      keys_(keys),
      rumours_(rumours),
      outbox_(outbox) {
  constexpr std::string_view kInfo = "dsn2/token";
  crypto.hkdf({}, run_secret.view(), as_bytes(kInfo), token_key_.mutable_view());
}

std::uint64_t SynSender::draw() {
  std::array<std::uint8_t, 8> count;
  put_big_endian(std::span(count), ++drawn_);
  return siphash24(token_key_.view(), count);
}

// protocol.md [syn-token]
std::uint64_t SynSender::new_token() {
  const std::uint64_t token = 1 + draw() % kTokenMax;
  last_token_ = token == last_token_ ? token % kTokenMax + 1 : token;
  return last_token_;
}

void SynSender::handle_timeout(Instant now, Effects& effects) {
  while (ask_due_.earliest() <= now && !effects.full()) {
    Peer* peer = peers_.find_prefix(ask_due_.take().prefix);
    const bool asks = peer != nullptr && peer->reachable() && peer->path.unproven;
    if (asks) ask_address(*peer, false, now, effects);
  }
}

// protocol.md [run-said]
void SynSender::send(Peer& peer, Instant now, Effects& effects) {
  std::array<std::uint8_t, wire::kRecentsMax * kDigestItemBytesMax> buffer;
  wire::CborWriter items(buffer);
  wire::Syn syn{new_token(), digest_.sum(), {}};
  for (const wire::DigestItem& item : digest_.recents(now - kRecentSpan)) {
    append_item(items, syn.recents.count, item);
  }
  syn.recents.encoded = items.written();
  syn.sent = peer.session.sent_count;
  peer.syn.token = syn.token;
  peer.syn.sent = now;
  const auto question = [&] {
    wire::CborWriter out = outbox_.plaintext_to(peer);
    if (!peer.session.answered) wire::encode_run(out, self_.run());
    wire::encode_syn(out, syn);
    return out;
  };
  wire::CborWriter out = question();
  if (!out.ok()) {  // its address is not proven, and may get no more than the question itself
    syn.recents = {};
    out = question();
  }
  if (!out.ok()) return;
  signer_.begin_syn(peer);
  append_news(peer, out, now);
  outbox_.send(peer, out, effects);
  keys_.hand_on(peer, now, effects);
}

// protocol.md [address-asked] [run-said]
void SynSender::ask_address(Peer& peer, bool introduces, Instant now, Effects& effects) {
  UnprovenAddress& address = *peer.path.unproven;
  if (!introduces && now - address.asked < kAddressInterval) return;
  if (address.token == 0) address.token = std::max<std::uint64_t>(draw(), 1);
  const auto question = [&](std::size_t kept) {
    wire::CborWriter out = outbox_.plaintext_to(address, kept);
    if (introduces || !peer.session.answered) wire::encode_run(out, self_.run());
    wire::encode_syn(out, {address.token, digest_.sum(), {}, peer.session.sent_count});
    return out;
  };
  wire::CborWriter out = question(introduces ? kMovedBytesKept : 0);
  if (!out.ok()) {
    out = question(0);
  } else if (introduces) {
    signer_.append_to(peer, out);
  }
  if (!outbox_.send_to_unproven(peer, out, effects)) return;
  address.asked = now;
  ask_due_.push(now + kAddressInterval, peer.id);
}

bool SynSender::proves_address(Peer& peer, std::uint64_t token) {
  if (!peer.path.unproven || token == 0 || token != peer.path.unproven->token) return false;
  peers_.address_proven(peer);
  return true;
}

// protocol.md [head-told]
void SynSender::append_news(Peer& peer, wire::CborWriter& out, Instant now) {
  signer_.append_to(peer, out);
  rumours_.append(peer, out, now);
}

// protocol.md [answer-unasked]
bool SynSender::handle_ack(Peer& peer, std::uint64_t token, Instant now) {
  PeerSyn& syn = peer.syn;
  if (token != syn.token || syn.token == 0) return false;
  syn.token = 0;
  signer_.syn_answered(peer);
  const Duration sample = now - syn.sent;
  syn.round_trip = syn.round_trip == Duration(0) ? sample : (syn.round_trip * 7 + sample) / 8;
  return true;
}

}  // namespace dsn::core
