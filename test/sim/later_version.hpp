// SPDX-License-Identifier: Apache-2.0
// Nodes of a later minor version: they append elements to messages and heads, and send messages
// that nobody here knows (docs/protocol.md, sections 4 and 6).
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>

#include "core/session/keyring.hpp"
#include "sim/crypto_decorator.hpp"

namespace dsn::sim {

using namespace core;

/// What such a node seals is remembered, and sealed again with more in it before it is sent; what
/// was sealed first never leaves the machine.
class LaterVersion {
 public:
  /// The port of a node that speaks the later version.
  std::unique_ptr<CryptoPort> speak(std::unique_ptr<CryptoPort> port);
  /// The datagram as it is sent: unchanged if no such node made it, or where there is no room.
  Bytes rewrite(ByteView datagram, const Keyring& keys);

 private:
  struct Sealed {
    CryptoPort* port = nullptr;
    AeadKey key;
    std::array<std::uint8_t, kAeadNonceBytes> nonce{};
    Bytes additional_data;
    Bytes plaintext;
  };
  class Port;

  std::unordered_map<std::uint64_t, Sealed> sealed_;  // by the beginning of the tag
};

}  // namespace dsn::sim
