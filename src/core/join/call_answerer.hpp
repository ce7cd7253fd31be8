// SPDX-License-Identifier: Apache-2.0
// Tells machines without the network key that a network is here (docs/protocol.md, section 8.3).
#pragma once

#include "base/bytes.hpp"
#include "core/common/effects.hpp"
#include "core/common/rate_limiter.hpp"
#include "core/join/hearsay.hpp"
#include "core/session/keyring.hpp"
#include "core/state/local_node.hpp"

namespace dsn::core {

/// The one answer that a stranger gets. It is smaller than the question, goes to machines on the
/// same link only, and costs one SipHash; nothing is remembered.
class CallAnswerer {
 public:
  CallAnswerer(const Keyring& keys, const LocalNode& self, const Hearsay& links)
      : keys_(keys), self_(self), links_(links) {}

  /// False if the datagram is no call. A call may be left without an answer.
  bool answer(ByteView datagram, const Endpoint& from, Instant now, Effects& effects);

 private:
  const Keyring& keys_;
  const LocalNode& self_;
  const Hearsay& links_;
  TokenBucket answers_{kCallsPerSecond};
};

}  // namespace dsn::core
