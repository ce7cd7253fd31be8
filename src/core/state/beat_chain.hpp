// SPDX-License-Identifier: Apache-2.0
// A node's signs of life that nobody can make in its name, and everybody can pass on: a hash chain
// (Lamport 1981; docs/protocol.md, section 7.4).
#pragma once

#include <cstdint>
#include <vector>

#include "base/ids.hpp"
#include "base/secret.hpp"
#include "core/session/crypto_port.hpp"
#include "wire/messages.hpp"

namespace dsn::core {

/// Elements of one chain. A new one needs a newly signed head: about every 68 minutes.
inline constexpr std::uint64_t kBeatsPerSegment = 2048;

/// Whose chain it is: elements of one run of one node mean nothing in another.
struct BeatOwner {
  NodeId id;
  SessionId session{};
};

/// The element before this one, which is how elements are checked.
[[nodiscard]] wire::BeatElement beat_before(CryptoPort& crypto, const BeatOwner& owner,
                                            const wire::Beat& beat);

/// Whether a later element of the chain leads back to one that is known. They must be in one
/// segment; costs one hash for each step between them.
[[nodiscard]] bool leads_back(CryptoPort& crypto, const BeatOwner& owner, const wire::Beat& later,
                              const wire::Beat& known);

[[nodiscard]] constexpr std::uint64_t beat_segment(std::uint64_t index) {
  return index / kBeatsPerSegment;
}

/// The owner's side. Keeps the elements of one segment, 16 KiB.
class BeatChain {
 public:
  BeatChain(CryptoPort& crypto, const BeatOwner& owner, const Secret<32>& seed)
      : crypto_(crypto), owner_(owner), seed_(seed) {}

  /// The element that is revealed at this index.
  [[nodiscard]] wire::Beat show(std::uint64_t index);
  /// The first of the segment that this index is in: what a head signs.
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
