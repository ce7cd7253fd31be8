// SPDX-License-Identifier: Apache-2.0
#include "core/session/signed_bytes.hpp"

#include <array>

#include "wire/cbor_writer.hpp"
#include "wire/wire_limits.hpp"

namespace dsn::core {
namespace {

// {1: -7}, ES256.
constexpr std::array<std::uint8_t, 3> kProtected{0xa1, 0x01, 0x26};
constexpr std::size_t kSigStructureOverhead = 48;

struct SigStructure {
  std::array<std::uint8_t, wire::kKeyStatementBytesMax + kSigStructureOverhead> buffer;
  std::size_t size = 0;
  [[nodiscard]] ByteView view() const { return ByteView(buffer).first(size); }
};

SigStructure sig_structure(std::string_view external, ByteView content) {
  SigStructure structure;
  wire::CborWriter out(structure.buffer);
  out.array(4);
  out.text("Signature1");
  out.bytes(kProtected);
  out.bytes(as_bytes(external));
  out.bytes(content);
  structure.size = out.ok() ? out.size() : 0;
  return structure;
}

}  // namespace

bool sign_bytes(CryptoPort& crypto, std::string_view external, ByteView content,
                Signature& signature) {
  const SigStructure structure = sig_structure(external, content);
  return structure.size > 0 && crypto.sign(structure.view(), signature);
}

bool verify_bytes(CryptoPort& crypto, const PublicKey& signer, std::string_view external,
                  ByteView content, const Signature& signature) {
  const SigStructure structure = sig_structure(external, content);
  return structure.size > 0 && crypto.verify(signer, structure.view(), signature);
}

}  // namespace dsn::core
