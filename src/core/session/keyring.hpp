// SPDX-License-Identifier: Apache-2.0
// The keys of the network that this node has, and who is out of it (docs/protocol.md,
// section 7.10).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/ids.hpp"
#include "core/session/crypto_port.hpp"
#include "core/session/key_statement.hpp"
#include "core/session/keys.hpp"
#include "wire/messages.hpp"

namespace dsn::core {

/// Has the current key, which seals, and the former ones, which known nodes may still use.
class Keyring {
 public:
  Keyring(CryptoPort& crypto, KeyringContents contents, SessionId own_session);

  /// Both stay when the authority gives another key.
  [[nodiscard]] const NetworkId& network_id() const { return current()->network_id(); }
  /// Whether it is the id of this network, or the other one of a network without an authority that
  /// has two keys.
  [[nodiscard]] bool is_ours(const NetworkId& network) const;
  [[nodiscard]] std::span<const std::uint8_t, 16> sum_key() const { return current()->sum_key(); }

  [[nodiscard]] const KeyHandle& current() const { return keys_.front(); }
  /// Those that were current before, the latest first.
  [[nodiscard]] std::span<const KeyHandle> former() const { return std::span(keys_).subspan(1); }
  [[nodiscard]] bool is_current(KeyMark key) const { return key == current()->mark(); }
  /// Whether strangers are let in under this key of the ring.
  [[nodiscard]] bool admits_strangers(KeyMark key) const {
    return is_current(key) || !contents_.authority;
  }
  /// Whether there is a key of this epoch, as the header of a frame has it.
  [[nodiscard]] bool has_epoch(std::uint8_t frame_epoch) const;
  /// The key of this epoch that makes this network tag of a GROUP frame; null if there is none.
  [[nodiscard]] KeyHandle find(std::uint8_t frame_epoch, ByteView frame, std::uint64_t tag) const;

  /// What this node's heads say of its key. protocol.md [key-shown]
  [[nodiscard]] KeyMark mark() const;
  [[nodiscard]] bool has_statement() const { return !contents_.statement.encoded.empty(); }
  /// What hands the current key on; it has a statement.
  [[nodiscard]] wire::KeyMessage message() const;
  /// What hands on who else is out, in the order of contents().overtaken.
  [[nodiscard]] std::vector<wire::KeyMessage> overtaken_messages() const;
  /// Whether who made the current key did not know of all who were put out: one of them may have
  /// got it.
  [[nodiscard]] bool may_be_known_outside() const;
  /// Whether the node is put out of the network.
  [[nodiscard]] bool is_out(const NodeId& id) const;
  /// Whether the statement of the current key puts somebody out.
  [[nodiscard]] bool puts_out() const { return puts_out_; }

  enum class Verdict : std::uint8_t {
    taken,
    joined,   ///< it is not newer than what is here, but puts out who was not out here
    known,    ///< it is not newer than what is here
    refused,  ///< it is of another network or authority, or puts `self` out
    forged,
  };
  /// What take() would do if the signature is good.
  [[nodiscard]] Verdict examine(const wire::KeyMessage& message, const NodeId& self) const;
  /// Takes a newer key, or who else is out, if the authority says so.
  Verdict take(const wire::KeyMessage& message, const NodeId& self);

  [[nodiscard]] const KeyringContents& contents() const { return contents_; }

 private:
  [[nodiscard]] bool has_room_for_out(const KeyStatement& statement) const;
  void add_out(const std::vector<NodeId>& ids);
  void keep_overtaken(OvertakenKey key);
  void drop_covered(const KeyStatement& statement);
  void make_current(const EpochKey& key, const KeyStatement& statement);

  CryptoPort& crypto_;
  KeyringContents contents_;
  SessionId own_session_;
  std::vector<KeyHandle> keys_;
  bool puts_out_ = false;
};

}  // namespace dsn::core
