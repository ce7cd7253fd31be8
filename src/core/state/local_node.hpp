// SPDX-License-Identifier: Apache-2.0
// This node itself: its identity, its current run, its state and its signed heads.
#pragma once

#include <string>

#include "base/ids.hpp"
#include "base/secret.hpp"
#include "core/session/crypto_port.hpp"
#include "core/state/beat_chain.hpp"
#include "core/state/head.hpp"
#include "core/state/own_state.hpp"

namespace dsn::core {

class LocalNode {
 public:
  LocalNode(CryptoPort& crypto, std::string name, const NetworkId& network, SessionId session,
            std::uint32_t incarnation, const Secret<32>& beat_seed, Instant now,
            std::uint64_t roles = 0, std::string program = {});

  [[nodiscard]] const NodeId& id() const { return id_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] SessionId session() const { return session_; }
  [[nodiscard]] const PublicKey& public_key() const { return crypto_.public_key(); }
  [[nodiscard]] StateVersion version() const { return {incarnation_, state_.version()}; }
  /// What this node says of its present run.
  [[nodiscard]] wire::Run run() const { return {version(), name_, roles_, program_}; }
  [[nodiscard]] bool is_observer() const { return run().is_observer(); }
  [[nodiscard]] OwnState& state() { return state_; }
  [[nodiscard]] const OwnState& state() const { return state_; }

  /// The incarnation, if it was raised in this run: then updates have to say it. Otherwise 0.
  [[nodiscard]] std::uint32_t raised_incarnation() const { return is_raised_ ? incarnation_ : 0; }
  /// Raises the incarnation above one that others hold from an earlier run.
  void raise_incarnation(std::uint32_t above);

  /// How many warnings its agent shows, which others are told with the beats.
  void set_warnings(std::uint32_t count) { warnings_ = count; }
  [[nodiscard]] std::uint32_t warnings() const { return warnings_; }

  /// The beat that this node shows at `now`.
  [[nodiscard]] wire::Beat beat(Instant now);
  /// When the beats that the newest head speaks for are used up.
  [[nodiscard]] Instant segment_end() const;

  /// What the heads that are signed from now on say of the network key. protocol.md [key-shown]
  void set_key_mark(KeyMark mark) { key_mark_ = mark; }

  /// Signs a head of the current state. That takes 20 ms on the smallest boards, so it is not done
  /// while anything waits for it.
  void sign(Instant now, bool leaving = false);
  /// Returns the newest head. One is signed now if there is none of this incarnation and this
  /// segment of beats.
  const wire::SignedHead& signed_head(Instant now);
  [[nodiscard]] const wire::SignedHead& last_head() const { return signed_head_; }
  [[nodiscard]] StateVersion signed_version() const { return signed_version_; }
  [[nodiscard]] Instant signed_at() const { return signed_at_; }
  /// How many heads were signed.
  [[nodiscard]] std::uint64_t head_number() const { return head_number_; }

 private:
  [[nodiscard]] std::uint64_t beat_index(Instant now) const;

  CryptoPort& crypto_;
  NodeId id_;
  std::string name_;
  std::string program_;
  NetworkId network_;
  SessionId session_;
  std::uint64_t roles_;
  std::uint32_t incarnation_;
  bool is_raised_ = false;
  std::uint32_t warnings_ = 0;
  KeyMark key_mark_ = KeyMark::none;
  OwnState state_;
  BeatChain beats_;

  std::array<std::uint8_t, wire::kHeadBytesMax> head_bytes_{};
  Signature signature_{};
  wire::SignedHead signed_head_;
  StateVersion signed_version_;
  std::uint64_t signed_segment_ = 0;
  Instant signed_at_{};
  std::uint64_t head_number_ = 0;
};

}  // namespace dsn::core
