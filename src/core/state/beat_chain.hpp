// SPDX-License-Identifier: Apache-2.0
// The hash chain of a node's beats: signs of life that every node can pass on and only the owner
// can make (Lamport 1981; docs/protocol.md, section 7.4).
#pragma once

#include <cstdint>
#include <vector>

#include "base/ids.hpp"
#include "base/secret.hpp"
#include "core/session/crypto_port.hpp"
#include "wire/messages.hpp"

namespace dsn::core {

/// Elements of one segment of the chain. A newly signed head begins the next one, about every 68
/// minutes.
inline constexpr std::uint64_t kBeatsPerSegment = 2048;

/// The run that a chain belongs to. Its elements are not valid in any other.
struct BeatOwner {
  NodeId id;
  SessionId session{};
};

/// Computes the element before this one: elements are checked backwards.
[[nodiscard]] wire::BeatElement beat_before(CryptoPort& crypto, const BeatOwner& owner,
                                            const wire::Beat& beat);

/// Whether a later element of the chain leads back to one that is known. They must be in one
/// segment; costs one hash for each step between them.
[[nodiscard]] bool leads_back(CryptoPort& crypto, const BeatOwner& owner, const wire::Beat& later,
                              const wire::Beat& known);

[[nodiscard]] constexpr std::uint64_t beat_segment(std::uint64_t index) {
  return index / kBeatsPerSegment;
}

/// The owner's side of the chain. It keeps the elements of one segment, 16 KiB.
class BeatChain {
 public:
  BeatChain(CryptoPort& crypto, const BeatOwner& owner, const Secret<32>& seed)
      : crypto_(crypto), owner_(owner), seed_(seed) {}

  /// Returns the element that is revealed at this index.
  [[nodiscard]] wire::Beat show(std::uint64_t index);
  /// Returns the first element of the segment that this index is in. A head signs it.
  [[nodiscard]] wire::Beat anchor_of(std::uint64_t index) {
    return show(beat_segment(index) * kBeatsPerSegment);
  }

 private:
  void make_segment(std::uint64_t segment);

  CryptoPort& crypto_;
  BeatOwner owner_;
  Secret<32> seed_;
  std::uint64_t segment_ = 0;
  std::vector<wire::BeatElement> elements_;
};

}  // namespace dsn::core
