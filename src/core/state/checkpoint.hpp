// SPDX-License-Identifier: Apache-2.0
// States that their owner signed. Every node can pass them on, because the signature proves them
// (docs/protocol.md, section 7.6).
#pragma once

#include <algorithm>
#include <cstdint>
#include <tuple>

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "core/state/head.hpp"

namespace dsn::core {

/// A head that a node signed, in its encoding, with those of its fields that are often needed.
struct StoredHead {
  Bytes encoded;
  Signature signature{};
  StateVersion version;
  SessionId session{};
  ShortHash root{};
  std::uint64_t state_bytes = 0;
  std::uint64_t clock_ms = 0;
  bool left = false;
  KeyMark key_mark = KeyMark::none;

  [[nodiscard]] wire::SignedHead view() const { return {encoded, signature}; }
  /// Whether this head is the later one. All nodes must agree on that, also for two heads of one
  /// version, which occur when an owner lost its memory.
  /// protocol.md [checkpoint-order]
  [[nodiscard]] bool supersedes(const StoredHead& other) const {
    return std::tie(version, root, clock_ms) > std::tie(other.version, other.root, other.clock_ms);
  }
  [[nodiscard]] bool names_the_state_of(const StoredHead& other) const {
    return version == other.version && root == other.root;
  }
};

[[nodiscard]] inline StoredHead stored_head(const wire::SignedHead& as_it_came, const Head& head) {
  StoredHead stored;
  stored.encoded.assign(as_it_came.head.begin(), as_it_came.head.end());
  std::ranges::copy(as_it_came.signature, stored.signature.begin());
  stored.version = head.version;
  stored.session = head.session;
  stored.root = head.root;
  stored.state_bytes = head.state_bytes;
  stored.clock_ms = head.clock_ms;
  stored.left = head.left();
  stored.key_mark = head.key_mark;
  return stored;
}

/// A complete state that is not held as a replica.
struct StateCopy {
  StateVersion version;
  Bytes canonical;
  Instant clock_zero{};  ///< when the owner's session clock was zero, in our time
};

/// A verified head and the state that it names.
struct Checkpoint {
  StoredHead head;
  bool in_replica = true;  ///< the replica is that state, so `copy` is empty
  StateCopy copy;
};

}  // namespace dsn::core
