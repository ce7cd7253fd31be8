// SPDX-License-Identifier: Apache-2.0
// What an agent remembers from run to run: state.cbor in the credential folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/endpoint.hpp"
#include "base/ids.hpp"
#include "core/common/limits.hpp"
#include "core/peers/peer.hpp"
#include "core/session/crypto_port.hpp"
#include "dsn/result.hpp"

namespace dsn::node {

/// Another node, whether it is known now or was in an earlier run.
struct SavedPeer {
  core::PublicKey key{};
  std::string name;               ///< that it had when it proved its key
  std::uint32_t incarnation = 0;  ///< the highest in its own frames
  std::optional<core::SharedSecret> secret;
  std::optional<Endpoint> endpoint;  ///< where it was; without its scope, which a boot may change
  std::string interface_name;        ///< of a link-local endpoint, instead of the scope
  bool pinned = false;               ///< the name belongs to it
  Bytes head;                        ///< that proves the incarnation; empty if there is none
  core::Signature signature{};       ///< of the head
  core::HighWater reached;           ///< when it was forgotten; version 0.0 if it was not
};

struct SavedState {
  NodeId owner;                   ///< whose incarnation and secrets these are
  std::uint32_t incarnation = 0;  ///< of the last run; 0 if there was none
  std::vector<SavedPeer> peers;   ///< at most kSavedPeersMax
};

inline constexpr std::size_t kSavedPeersMax = core::kNodesMax;
inline constexpr std::size_t kSavedNameBytesMax = 63;
inline constexpr std::size_t kSavedInterfaceBytesMax = 15;  // IFNAMSIZ with its zero is 16

/// `[2, state, checksum]` in deterministic CBOR. The checksum is the first 8 bytes of SHA-256 over
/// what stands before it.
///
///   state  = {1: owner, 2: incarnation, 3: [* peer]}
///   peer   = {1: public key, 2: name, 3: incarnation, ? 4: secret, ? 5: address, ? 6: port,
///             ? 7: interface, ? 8: true (the name belongs to it), ? 9: head, ? 10: its signature,
///             ? 11: [incarnation, version, session, session clock in ms] when it was forgotten}
///
/// A later version adds keys, which are ignored here, and keeps the 2 unless an older program must
/// not read the file. Whoever encodes a state zeroises the result, for it holds the secrets.
[[nodiscard]] Bytes encode_saved_state(core::CryptoPort& crypto, const SavedState& state);
[[nodiscard]] Result<SavedState> decode_saved_state(core::CryptoPort& crypto, ByteView bytes);

/// Reads state.cbor, or state.cbor.old if that one is missing or damaged; an empty state if there
/// is neither. What another identity left behind, the incarnation and the secrets, is not for us.
/// The error says what is damaged; the caller goes on with an empty state: peers then tell us the
/// incarnation that they remember (docs/protocol.md, section 7.5).
[[nodiscard]] Result<SavedState> load_state(core::CryptoPort& crypto, const std::string& directory,
                                            const NodeId& self);
/// Keeps the previous file, unless it is damaged, as state.cbor.old. `encoded` is what
/// encode_saved_state gave.
[[nodiscard]] Result<void> save_state(core::CryptoPort& crypto, const std::string& directory,
                                      ByteView encoded);

}  // namespace dsn::node
