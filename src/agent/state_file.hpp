// SPDX-License-Identifier: Apache-2.0
// What an agent remembers from run to run: state.cbor in the credential folder.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/endpoint.hpp"
#include "core/crypto_port.hpp"
#include "dsn/result.hpp"

namespace dsn::agent {

struct SavedState {
  std::uint32_t incarnation = 0;  ///< of the last run; 0 if there was none
  std::vector<Endpoint> peers;    ///< where others were; at most kSavedPeersMax

  bool operator==(const SavedState&) const = default;
};

inline constexpr std::size_t kSavedPeersMax = 256;

/// `[1, incarnation, [[address, port]...], checksum]` in deterministic CBOR; the checksum is the
/// first 8 bytes of SHA-256 over the encoded elements before it.
[[nodiscard]] Bytes encode_saved_state(CryptoPort& crypto, const SavedState& state);
[[nodiscard]] Result<SavedState> decode_saved_state(CryptoPort& crypto, ByteView bytes);

/// Reads state.cbor, or state.cbor.old if that one is damaged; an empty state if there is neither.
/// The error says what is damaged; the caller goes on with an empty state: peers then tell us the
/// incarnation that they remember (docs/protocol.md, section 7.5).
[[nodiscard]] Result<SavedState> load_state(CryptoPort& crypto, const std::string& directory);
/// Keeps the previous file as state.cbor.old.
[[nodiscard]] Result<void> save_state(CryptoPort& crypto, const std::string& directory,
                                      const SavedState& state);

}  // namespace dsn::agent
