// SPDX-License-Identifier: Apache-2.0
// Decides which GROUP frames are looked at, and opens them (docs/protocol.md, section 3.3).
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "core/common/arrival.hpp"
#include "core/common/counters.hpp"
#include "core/join/discovery.hpp"
#include "core/join/stranger_budget.hpp"
#include "core/join/tag_memory.hpp"
#include "core/peers/peer_table.hpp"
#include "core/session/crypto_port.hpp"
#include "core/session/frame_codec.hpp"
#include "core/session/keyring.hpp"
#include "wire/messages.hpp"

namespace dsn::core {

/// What strangers make up or repeat ends here, before it has cost anything. What is left is of
/// members, and rationed.
class GroupOpener {
 public:
  GroupOpener(CryptoPort& crypto, const Keyring& keys, const PeerTable& peers,
              const Discovery& discovery, StrangerBudget& strangers, Counters& counters)
      : crypto_(crypto),
        keys_(keys),
        peers_(peers),
        discovery_(discovery),
        strangers_(strangers),
        counters_(counters) {}

  struct Opened {
    ByteView plaintext;  ///< valid until the next call
    KeyHandle key;       ///< of the network, under which it came
  };
  /// Nothing if the frame is dropped, which is counted.
  std::optional<Opened> open(const FrameHeader& header, const Arrival& arrival, ByteView datagram,
                             Instant now);

 private:
  [[nodiscard]] bool is_wanted(const Arrival& arrival, std::uint64_t tag, Instant now);

  CryptoPort& crypto_;
  const Keyring& keys_;
  const PeerTable& peers_;
  const Discovery& discovery_;
  StrangerBudget& strangers_;
  Counters& counters_;
  TagMemory tags_;
  std::array<std::uint8_t, wire::kPlaintextBytesMax> plaintext_{};
};

}  // namespace dsn::core
