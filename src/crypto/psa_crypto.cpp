// SPDX-License-Identifier: Apache-2.0
#include "crypto/psa_crypto.hpp"

#include <utility>

#include "base/check.hpp"
#include "crypto/psa_key.hpp"

namespace dsn::crypto {
namespace {

constexpr std::size_t kHkdfOutputBytesMax = 64;

// The tag of plain PSA_ALG_CCM is as long as the block, 16 bytes.
constexpr PsaKeyUse kSealUse{PSA_KEY_TYPE_AES, PSA_KEY_USAGE_ENCRYPT, PSA_ALG_CCM};
constexpr PsaKeyUse kOpenUse{PSA_KEY_TYPE_AES, PSA_KEY_USAGE_DECRYPT, PSA_ALG_CCM};
constexpr PsaKeyUse kAgreeUse{PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1),
                              PSA_KEY_USAGE_DERIVE, PSA_ALG_ECDH};
constexpr PsaKeyUse kSignUse{PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1),
                             PSA_KEY_USAGE_SIGN_MESSAGE,
                             PSA_ALG_DETERMINISTIC_ECDSA(PSA_ALG_SHA_256)};
constexpr PsaKeyUse kVerifyUse{PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1),
                               PSA_KEY_USAGE_VERIFY_MESSAGE, PSA_ALG_ECDSA(PSA_ALG_SHA_256)};

bool derive(psa_key_derivation_operation_t& operation, ByteView salt, ByteView input_key,
            ByteView info, MutableBytes output) {
  const auto input = [&](psa_key_derivation_step_t step, ByteView bytes) {
    return psa_key_derivation_input_bytes(&operation, step, bytes.data(), bytes.size()) ==
           PSA_SUCCESS;
  };
  return psa_key_derivation_setup(&operation, PSA_ALG_HKDF(PSA_ALG_SHA_256)) == PSA_SUCCESS &&
         input(PSA_KEY_DERIVATION_INPUT_SALT, salt) &&
         input(PSA_KEY_DERIVATION_INPUT_SECRET, input_key) &&
         input(PSA_KEY_DERIVATION_INPUT_INFO, info) &&
         psa_key_derivation_output_bytes(&operation, output.data(), output.size()) == PSA_SUCCESS;
}

}  // namespace

PsaCrypto::PsaCrypto(Identity identity) : identity_(std::move(identity)) {}

// Input and output may be the same memory: CCM of mbedTLS 2.28 works block by block in place,
// and 3.6 copies its buffers first. A test checks this of the library.
bool PsaCrypto::seal(const core::AeadKey& key,
                     std::span<const std::uint8_t, core::kAeadNonceBytes> nonce,
                     ByteView additional_data, ByteView plaintext, MutableBytes sealed) {
  if (sealed.size() != plaintext.size() + core::kAeadTagBytes) return false;
  const PsaKey imported(kSealUse, key.key.view());
  std::size_t size = 0;
  return imported.valid() &&
         psa_aead_encrypt(imported.id(), PSA_ALG_CCM, nonce.data(), nonce.size(),
                          additional_data.data(), additional_data.size(), plaintext.data(),
                          plaintext.size(), sealed.data(), sealed.size(), &size) == PSA_SUCCESS &&
         size == sealed.size();
}

bool PsaCrypto::open(const core::AeadKey& key,
                     std::span<const std::uint8_t, core::kAeadNonceBytes> nonce,
                     ByteView additional_data, ByteView sealed, MutableBytes plaintext) {
  if (sealed.size() != plaintext.size() + core::kAeadTagBytes) return false;
  const PsaKey imported(kOpenUse, key.key.view());
  std::size_t size = 0;
  return imported.valid() &&
         psa_aead_decrypt(imported.id(), PSA_ALG_CCM, nonce.data(), nonce.size(),
                          additional_data.data(), additional_data.size(), sealed.data(),
                          sealed.size(), plaintext.data(), plaintext.size(),
                          &size) == PSA_SUCCESS &&
         size == plaintext.size();
}

// The library fails here only without memory or without initialise_crypto(). No peer can cause
// either.
void PsaCrypto::hkdf(ByteView salt, ByteView input_key, ByteView info, MutableBytes output) {
  DSN_CHECK(output.size() <= kHkdfOutputBytesMax);
  psa_key_derivation_operation_t operation = psa_key_derivation_operation_init();
  const bool derived = derive(operation, salt, input_key, info, output);
  psa_key_derivation_abort(&operation);  // zeroises what it holds
  DSN_CHECK(derived);
}

core::Digest256 PsaCrypto::sha256(ByteView message) { return crypto::sha256(message); }

void PsaCrypto::remember(const core::PublicKey& peer, const core::SharedSecret& secret) {
  remembered_.insert_or_assign(peer, secret);
}

bool PsaCrypto::agree(const core::PublicKey& peer, core::SharedSecret& secret) {
  if (const auto known = remembered_.find(peer); known != remembered_.end()) {
    secret = known->second;
    return true;
  }
  const PsaKey own(kAgreeUse, identity_.private_key.view());
  const auto output = secret.mutable_view();
  std::size_t size = 0;
  const bool agreed = own.valid() &&
                      psa_raw_key_agreement(PSA_ALG_ECDH, own.id(), peer.data(), peer.size(),
                                            output.data(), output.size(), &size) == PSA_SUCCESS &&
                      size == output.size();
  // protocol.md [key-point]
  if (!agreed) zeroise(output);
  return agreed;
}

// protocol.md [head-deterministic]
bool PsaCrypto::sign(ByteView message, core::Signature& signature) {
  const PsaKey own(kSignUse, identity_.private_key.view());
  std::size_t size = 0;
  return own.valid() &&
         psa_sign_message(own.id(), kSignUse.algorithm, message.data(), message.size(),
                          signature.data(), signature.size(), &size) == PSA_SUCCESS &&
         size == signature.size();
}

bool PsaCrypto::verify(const core::PublicKey& signer, ByteView message,
                       const core::Signature& signature) {
  const PsaKey key(kVerifyUse, signer);
  return key.valid() &&
         psa_verify_message(key.id(), kVerifyUse.algorithm, message.data(), message.size(),
                            signature.data(), signature.size()) == PSA_SUCCESS;
}

}  // namespace dsn::crypto
