// SPDX-License-Identifier: Apache-2.0
// ES256 over the COSE Sig_structure of encoded bytes (RFC 9052, section 4.4).
#pragma once

#include <string_view>

#include "base/bytes.hpp"
#include "core/session/crypto_port.hpp"

namespace dsn::core {

/// `external` tells apart what is signed: it is the external additional data, of at most 16 bytes.
/// The content has at most wire::kKeyStatementBytesMax. False if the library fails.
[[nodiscard]] bool sign_bytes(CryptoPort& crypto, std::string_view external, ByteView content,
                              Signature& signature);
[[nodiscard]] bool verify_bytes(CryptoPort& crypto, const PublicKey& signer,
                                std::string_view external, ByteView content,
                                const Signature& signature);

}  // namespace dsn::core
