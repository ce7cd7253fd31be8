// SPDX-License-Identifier: Apache-2.0
// What is kept of the keys of a network from run to run (docs/protocol.md, section 7.10).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "base/secret.hpp"
#include "core/session/crypto_port.hpp"

namespace dsn::core {

/// The first 16 bytes of SHA-256 of the public key of a network's authority, or of a network key.
using KeyHash = std::array<std::uint8_t, 16>;

/// The epoch of the first key of a network.
inline constexpr std::uint32_t kFirstKeyEpoch = 1;

/// A network key, and how many there were before it.
struct EpochKey {
  std::uint32_t epoch = kFirstKeyEpoch;
  Secret<16> key;
};

/// A statement of the authority as it was signed, with what proves it.
struct SignedStatement {
  Bytes encoded;  ///< empty: there is none
  Signature signature{};
  PublicKey authority{};
};

/// A key that is not the current one, with a statement that puts out somebody whom that of the
/// current key does not name.
struct OvertakenKey {
  EpochKey key;
  SignedStatement statement;
};

struct KeyringContents {
  std::optional<KeyHash> authority;  ///< nothing: the network has none, and was made by hand
  /// The current one first; 1 to kNetworkKeysMax. Without an authority the second one is that of
  /// `aes_key_next`.
  std::vector<EpochKey> keys{{}};
  SignedStatement statement;            ///< about the current key; empty if there is none
  std::vector<NodeId> out;              ///< who is out of the network, the latest last
  std::vector<OvertakenKey> overtaken;  ///< the latest last; at most kOvertakenMax
};

/// Those of a network without an authority.
[[nodiscard]] inline KeyringContents only_key(const Secret<16>& key) {
  KeyringContents contents;
  contents.keys.front().key = key;
  return contents;
}

}  // namespace dsn::core
