// SPDX-License-Identifier: Apache-2.0
// What the authority of a network says about its newest key (docs/protocol.md, section 7.10).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "core/session/crypto_port.hpp"
#include "core/session/keys.hpp"

namespace dsn::core {

struct KeyStatement {
  NetworkId network;
  std::uint32_t epoch = 0;
  KeyHash key_hash{};
  std::vector<NodeId> out;  ///< who is put out, at most wire::kOutPerStatementMax
  std::uint64_t flags = 0;

  /// Former keys are dropped at once.
  [[nodiscard]] bool drops_former() const { return (flags & kDropsFormer) != 0; }
  static constexpr std::uint64_t kDropsFormer = 1;
};

[[nodiscard]] Bytes encode_statement(const KeyStatement& statement);
/// Nothing if the bytes are no statement of format 1.
[[nodiscard]] std::optional<KeyStatement> decode_statement(ByteView encoded);

/// By the private key of `crypto`, which is that of the authority. Nothing if the library fails.
[[nodiscard]] std::optional<SignedStatement> sign_statement(CryptoPort& crypto,
                                                            const KeyStatement& statement);
[[nodiscard]] bool verify_statement(CryptoPort& crypto, const SignedStatement& statement);

}  // namespace dsn::core
