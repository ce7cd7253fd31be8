// SPDX-License-Identifier: Apache-2.0
// This node itself: who it is, in which run, and what it says about itself.
#pragma once

#include <string>

#include "base/ids.hpp"
#include "base/secret.hpp"
#include "core/beat_chain.hpp"
#include "core/crypto_port.hpp"
#include "core/head.hpp"
#include "core/own_state.hpp"

namespace dsn {

class LocalNode {
 public:
  LocalNode(CryptoPort& crypto, std::string name, const NetworkId& network, SessionId session,
            std::uint32_t incarnation, const Secret<32>& beat_seed, Instant now);

  [[nodiscard]] const NodeId& id() const { return id_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] SessionId session() const { return session_; }
  [[nodiscard]] const PublicKey& public_key() const { return crypto_.public_key(); }
  [[nodiscard]] StateVersion version() const { return {incarnation_, state_.version()}; }
  [[nodiscard]] OwnState& state() { return state_; }
  [[nodiscard]] const OwnState& state() const { return state_; }

  /// Raises the incarnation above one that others hold from an earlier run.
  void raise_incarnation(std::uint32_t above);

  /// The beat that this node shows at `now`.
  [[nodiscard]] Beat beat(Instant now);

  /// The signed head, signed again if it has fallen behind, but not more often than a checkpoint
  /// may be: a signature costs 20 ms on the smallest boards.
  const SignedHead& signed_head(Instant now);

 private:
  void sign(Instant now);
  [[nodiscard]] std::uint64_t beat_index(Instant now) const;

  CryptoPort& crypto_;
  NodeId id_;
  std::string name_;
  NetworkId network_;
  SessionId session_;
  std::uint32_t incarnation_;
  OwnState state_;
  BeatChain beats_;

  std::array<std::uint8_t, kHeadBytesMax> head_bytes_{};
  Signature signature_{};
  SignedHead signed_head_;
  StateVersion signed_version_;
  std::uint64_t signed_segment_ = 0;
  Instant signed_at_{};
};

}  // namespace dsn
