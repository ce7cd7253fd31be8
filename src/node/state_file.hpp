// SPDX-License-Identifier: Apache-2.0
// What a node remembers from run to run: state.cbor in the credential folder.
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
#include "node/program_keys.hpp"

namespace dsn::node {

/// That a node was there, and since when it had not been heard. The units are coarse, so that a
/// file in which nothing else changes is seldom written.
struct SavedPresence {
  std::uint32_t absent_hours = 0;
  std::uint32_t asleep_minutes = 0;  ///< how much longer it said that it sleeps; 0: it did not
};

/// Another node, whether it is known now or was in an earlier run.
struct SavedPeer {
  core::PublicKey key{};
  std::string name;               ///< when it proved its key
  std::uint32_t incarnation = 0;  ///< the highest in frames of its own
  std::optional<core::SharedSecret> secret;
  std::optional<Endpoint>
      endpoint;                 ///< its last address, without the scope, which a boot may change
  std::string interface_name;   ///< stands for the scope of a link-local address
  bool pinned = false;          ///< whether the name belongs to it
  Bytes head;                   ///< proves the incarnation; empty if there is none
  core::Signature signature{};  ///< of the head
  core::HighWater reached;      ///< how far it had got when it was forgotten; version 0.0 if not
  std::optional<SavedPresence> presence;  ///< nothing: it left or was forgotten, and is not shown
};

struct SavedState {
  NodeId owner;                   ///< the node to which incarnation and secrets belong
  std::uint32_t incarnation = 0;  ///< of the last run; 0 if there was none
  std::vector<SavedPeer> peers;   ///< at most kSavedPeersMax
  std::vector<KeptKey> kept;      ///< sorted by key, at most kKeysPerNodeMax
};

/// As many as the core knows.
inline constexpr std::size_t kSavedPeersMax = core::kNodesMax;
/// RFC 1123: one label of a host name.
inline constexpr std::size_t kSavedNameBytesMax = 63;
/// A century, and what is more than core::kSleepMax.
inline constexpr std::uint32_t kAbsentHoursMax = 100 * 365 * 24;
inline constexpr std::uint32_t kAsleepMinutesMax = 100 * 24 * 60;
/// IFNAMSIZ without the terminating zero.
inline constexpr std::size_t kSavedInterfaceBytesMax = 15;

/// `[2, state, checksum]` in deterministic CBOR. The checksum is the first 8 bytes of SHA-256 over
/// what stands before it.
///
///   state  = {1: owner, 2: incarnation, 3: [* peer], ? 4: {* key => [value, unit]}}
///   peer   = {1: public key, 2: name, 3: incarnation, ? 4: secret, ? 5: address, ? 6: port,
///             ? 7: interface, ? 8: true (the name belongs to it), ? 9: head, ? 10: its signature,
///             ? 11: [incarnation, version, session, session clock in ms] when it was forgotten,
///             ? 12: [hours that it was not heard, minutes that it sleeps on]}
///
/// A later version adds keys, which are ignored here, and keeps the 2 unless an older program must
/// not read the file. Whoever encodes a state zeroises the result, for it holds the secrets.
[[nodiscard]] Bytes encode_saved_state(core::CryptoPort& crypto, const SavedState& state);
[[nodiscard]] Result<SavedState> decode_saved_state(core::CryptoPort& crypto, ByteView bytes);

/// Reads state.cbor, or state.cbor.old if that one is missing or damaged; an empty state if there
/// is neither. The incarnation and the secrets of another identity are left out. The error says
/// what is damaged; the caller goes on with an empty state: peers then tell us the incarnation that
/// they remember (docs/protocol.md, section 7.5).
[[nodiscard]] Result<SavedState> load_state(core::CryptoPort& crypto, const std::string& directory,
                                            const NodeId& self);
/// Keeps the previous file, unless it is damaged, as state.cbor.old. `encoded` is what
/// encode_saved_state gave.
[[nodiscard]] Result<void> save_state(core::CryptoPort& crypto, const std::string& directory,
                                      ByteView encoded);

}  // namespace dsn::node
