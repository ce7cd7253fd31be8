// SPDX-License-Identifier: Apache-2.0
// A hash that names a complete state, and lets each chunk of the state be verified alone
// (docs/protocol.md, section 5.3).
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.hpp"
#include "core/session/crypto_port.hpp"

namespace dsn::core {

/// SHA-256, cut to 16 bytes: second preimages are what matters here, and 128 bits withstand them.
using ShortHash = std::array<std::uint8_t, 16>;

[[nodiscard]] ShortHash chunk_hash(CryptoPort& crypto, ByteView chunk);
/// The hashes of all chunks of a canonical state, one after another.
void chunk_hashes(CryptoPort& crypto, ByteView canonical, Bytes& hashes);
[[nodiscard]] ShortHash root_of_hashes(CryptoPort& crypto, ByteView hashes);
[[nodiscard]] ShortHash state_root(CryptoPort& crypto, ByteView canonical);

}  // namespace dsn::core
