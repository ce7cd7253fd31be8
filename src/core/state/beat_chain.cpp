// SPDX-License-Identifier: Apache-2.0
#include "core/state/beat_chain.hpp"

#include <algorithm>

#include "base/big_endian.hpp"

namespace dsn::core {
namespace {

constexpr std::uint8_t kElementTag = 0x02;
constexpr std::string_view kSeedInfo = "dsn1/beat";

}  // namespace

// protocol.md [beat-chain]
wire::BeatElement beat_before(CryptoPort& crypto, const BeatOwner& owner, const wire::Beat& beat) {
  std::array<std::uint8_t, 1 + 16 + 8 + 8 + wire::kBeatElementBytes> input{};
  input[0] = kElementTag;
  std::ranges::copy(owner.id.bytes, input.begin() + 1);
  put_big_endian(std::span(input).subspan<17, 8>(), static_cast<std::uint64_t>(owner.session));
  put_big_endian(std::span(input).subspan<25, 8>(), beat.index);
  std::ranges::copy(beat.element, input.begin() + 33);
  const Digest256 digest = crypto.sha256(input);
  wire::BeatElement before;
  std::copy_n(digest.begin(), before.size(), before.begin());
  return before;
}

bool leads_back(CryptoPort& crypto, const BeatOwner& owner, const wire::Beat& later,
                const wire::Beat& known) {
  if (later.index < known.index || beat_segment(later.index) != beat_segment(known.index)) {
    return false;
  }
  wire::Beat step = later;
  for (; step.index > known.index; --step.index) step.element = beat_before(crypto, owner, step);
  return step.element == known.element;
}

wire::Beat BeatChain::show(std::uint64_t index) {
  const std::uint64_t segment = beat_segment(index);
  if (elements_.empty() || segment_ != segment) make_segment(segment);
  return {index, elements_[index % kBeatsPerSegment]};
}

void BeatChain::make_segment(std::uint64_t segment) {
  segment_ = segment;
  elements_.resize(kBeatsPerSegment);
  std::array<std::uint8_t, kSeedInfo.size() + 8> info{};
  std::ranges::copy(kSeedInfo, info.begin());
  put_big_endian(std::span(info).last<8>(), segment);
  crypto_.hkdf({}, seed_.view(), info, elements_.back());
  for (std::size_t i = kBeatsPerSegment - 1; i > 0; --i) {
    const wire::Beat beat{segment * kBeatsPerSegment + i, elements_[i]};
    elements_[i - 1] = beat_before(crypto_, owner_, beat);
  }
}

}  // namespace dsn::core
