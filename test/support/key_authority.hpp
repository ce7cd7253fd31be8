// SPDX-License-Identifier: Apache-2.0
// The authority of a network in virtual time: it makes network keys and signs statements.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/session/key_statement.hpp"
#include "core/session/keyring.hpp"

namespace dsn::test {

/// A key with its statement, as KEY hands it on.
struct KeyRotation {
  core::SignedStatement statement;
  core::EpochKey key;

  /// Valid as long as this is.
  [[nodiscard]] wire::KeyMessage message() const {
    return {statement.encoded, statement.signature, statement.authority, key.key.view()};
  }
};

class KeyAuthority {
 public:
  KeyAuthority();
  explicit KeyAuthority(std::unique_ptr<core::CryptoPort> crypto) : crypto_(std::move(crypto)) {}

  /// What a node has that joined with this key, and with no statement.
  [[nodiscard]] core::KeyringContents invite(const core::EpochKey& key);
  /// A new key, which nobody had before.
  [[nodiscard]] KeyRotation rotation(std::uint32_t epoch, std::vector<NodeId> out = {},
                                     std::uint64_t flags = 0);
  /// One that somebody else made, who has the public key of the authority.
  [[nodiscard]] KeyRotation forged(std::uint32_t epoch);
  [[nodiscard]] core::KeyMark mark_of(const core::EpochKey& key);
  [[nodiscard]] core::KeyMark mark_of(const KeyRotation& made) { return mark_of(made.key); }

 private:
  std::unique_ptr<core::CryptoPort> crypto_;
  std::uint64_t keys_made_ = 0;
};

}  // namespace dsn::test
