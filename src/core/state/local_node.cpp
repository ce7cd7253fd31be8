// SPDX-License-Identifier: Apache-2.0
#include "core/state/local_node.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/common/limits.hpp"
#include "core/session/keys.hpp"

namespace dsn::core {

LocalNode::LocalNode(CryptoPort& crypto, std::string name, const NetworkId& network,
                     SessionId session, std::uint32_t incarnation, const Secret<32>& beat_seed,
                     Instant now, std::uint64_t roles, std::string program)
    : crypto_(crypto),
      id_(node_id_of(crypto, crypto.public_key())),
      name_(std::move(name)),
      program_(std::move(program)),
      network_(network),
      session_(session),
      roles_(roles),
      incarnation_(std::max(incarnation, 1U)),
      state_(now),
      beats_(crypto, {id_, session}, beat_seed) {}

void LocalNode::raise_incarnation(std::uint32_t above) {
  constexpr std::uint32_t kHighest = std::numeric_limits<std::uint32_t>::max();
  incarnation_ = std::max(incarnation_, above == kHighest ? kHighest : above + 1);
  is_raised_ = true;
}

std::uint64_t LocalNode::beat_index(Instant now) const {
  return state_.clock_ms(now) / kBeatTickMs;
}

wire::Beat LocalNode::beat(Instant now) { return beats_.show(beat_index(now)); }

Instant LocalNode::segment_end() const {
  const auto ticks = static_cast<Duration::rep>((signed_segment_ + 1) * kBeatsPerSegment);
  return state_.session_start() + kBeatTick * ticks;
}

// protocol.md [head-incarnation] [head-segment]
const wire::SignedHead& LocalNode::signed_head(Instant now) {
  if (signed_version_.incarnation != incarnation_ || segment_end() <= now) sign(now);
  return signed_head_;
}

void LocalNode::sign(Instant now, bool leaving) {
  Bytes canonical;
  state_.store().encode_canonical(canonical);
  Head head;
  head.network = network_;
  head.id = id_;
  head.name = name_;
  head.version = version();
  head.root = state_root(crypto_, canonical);
  head.key_count = state_.store().count();
  head.state_bytes = canonical.size();
  head.session = session_;
  head.clock_ms = state_.clock_ms(now);
  head.flags = leaving ? 1 : 0;
  head.key_mark = key_mark_;
  head.anchor = beats_.anchor_of(beat_index(now));
  const std::size_t size = encode_head(head, head_bytes_);
  const ByteView encoded = ByteView(head_bytes_).first(size);
  // If the library fails, the signature stays zero. No node accepts it, and we sign again later.
  if (!sign_head(crypto_, encoded, signature_)) signature_ = {};
  signed_head_ = {encoded, signature_};
  signed_version_ = head.version;
  signed_segment_ = beat_segment(head.anchor.index);
  signed_at_ = now;
  ++head_number_;
}

}  // namespace dsn::core
