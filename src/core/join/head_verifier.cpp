// SPDX-License-Identifier: Apache-2.0
#include "core/join/head_verifier.hpp"

#include <algorithm>

namespace dsn::core {

HeadVerifier::Verdict HeadVerifier::verify(const PublicKey& signer, const wire::SignedHead& head,
                                           Instant now) {
  if (!budget_.take(now)) return Verdict::not_now;
  Signature signature;
  std::ranges::copy(head.signature, signature.begin());
  if (!verify_head(crypto_, signer, head.head, signature)) return Verdict::forged;
  const std::optional<Head> decoded = decode_head(head.head);
  Peer* peer = decoded ? peers_.find(decoded->id) : nullptr;
  if (peer != nullptr) liveness_.head_verified(*peer, *decoded, now);
  return Verdict::valid;
}

}  // namespace dsn::core
