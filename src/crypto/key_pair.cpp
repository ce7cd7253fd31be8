// SPDX-License-Identifier: Apache-2.0
#include "crypto/key_pair.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "crypto/psa_key.hpp"

namespace dsn::crypto {
namespace {

constexpr std::size_t kCurveBits = 256;

}  // namespace

core::Digest256 sha256(ByteView message) {
  core::Digest256 digest{};
  std::size_t size = 0;
  const psa_status_t status = psa_hash_compute(PSA_ALG_SHA_256, message.data(), message.size(),
                                               digest.data(), digest.size(), &size);
  DSN_CHECK(status == PSA_SUCCESS && size == digest.size());
  return digest;
}

std::optional<PrivateKey> generate_private_key() {
  psa_key_attributes_t attributes = psa_attributes(
      {PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1), PSA_KEY_USAGE_EXPORT, PSA_ALG_NONE});
  psa_set_key_bits(&attributes, kCurveBits);
  mbedtls_svc_key_id_t key{};
  if (psa_generate_key(&attributes, &key) != PSA_SUCCESS) return std::nullopt;
  PrivateKey private_key;
  const auto scalar = private_key.mutable_view();
  std::size_t size = 0;
  const psa_status_t status = psa_export_key(key, scalar.data(), scalar.size(), &size);
  psa_destroy_key(key);
  if (status != PSA_SUCCESS || size != scalar.size()) return std::nullopt;
  return private_key;
}

std::optional<core::PublicKey> public_key_of(const PrivateKey& private_key) {
  const PsaKey key(
      {PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1), PSA_KEY_USAGE_EXPORT, PSA_ALG_NONE},
      private_key.view());
  if (!key.valid()) return std::nullopt;
  core::PublicKey public_key{};
  std::size_t size = 0;
  const psa_status_t status =
      psa_export_public_key(key.id(), public_key.data(), public_key.size(), &size);
  if (status != PSA_SUCCESS || size != public_key.size()) return std::nullopt;
  return public_key;
}

NodeId node_id_of(const core::PublicKey& public_key) {
  NodeId id;
  const core::Digest256 digest = sha256(public_key);
  std::ranges::copy(ByteView(digest).first(id.bytes.size()), id.bytes.begin());
  return id;
}

}  // namespace dsn::crypto
