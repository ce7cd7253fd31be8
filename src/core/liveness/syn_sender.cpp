// SPDX-License-Identifier: Apache-2.0
#include "core/liveness/syn_sender.hpp"

#include <array>

namespace dsn::core {
namespace {

// Three bytes on the wire. No answer comes so late that its token is in use again.
constexpr std::uint64_t kTokenMax = 0xffff;

}  // namespace

// protocol.md [syn-token]
std::uint64_t SynSender::new_token() {
  last_token_ = last_token_ % kTokenMax + 1;
  return last_token_;
}

void SynSender::send(Peer& peer, Instant now, Effects& effects) {
  std::array<std::uint8_t, wire::kRecentsMax * kDigestItemBytesMax> buffer;
  wire::CborWriter items(buffer);
  wire::Syn syn;
  for (const wire::DigestItem& item : digest_.recents(now - kRecentSpan)) {
    append_item(items, syn.recents.count, item);
  }
  syn.recents.encoded = items.written();
  wire::CborWriter out = compose(peer, syn, now);
  signer_.begin_syn(peer);
  append_news(peer, out, now);
  outbox_.send(peer, out, effects);
}

wire::CborWriter SynSender::compose(Peer& peer, wire::Syn& syn, Instant now) {
  syn.token = new_token();
  syn.state_sum = digest_.sum();
  peer.syn.token = syn.token;
  peer.syn.sent = now;
  wire::CborWriter out = outbox_.plaintext();
  // protocol.md [run-said]
  if (!peer.session.answered) wire::encode_run(out, self_.run());
  wire::encode_syn(out, syn);
  return out;
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
