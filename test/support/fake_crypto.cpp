// SPDX-License-Identifier: Apache-2.0
#include "support/fake_crypto.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/siphash.hpp"

namespace dsn::test {

using namespace core;

namespace {

using Key = std::array<std::uint8_t, 16>;

// A mixing of several byte strings into one number; lengths count, so that no two lists collide
// by being cut differently.
std::uint64_t mix(std::initializer_list<ByteView> parts, std::uint64_t salt) {
  std::uint64_t state = salt;
  for (const ByteView part : parts) {
    Key key{};
    std::memcpy(key.data(), &state, sizeof state);
    const std::uint64_t size = part.size();
    std::memcpy(key.data() + 8, &size, sizeof size);
    state = siphash24(key, part);
  }
  return state;
}

void expand(std::uint64_t state, MutableBytes out) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (i % 8 == 0) state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    out[i] = static_cast<std::uint8_t>(state >> (8 * (i % 8)));
  }
}

}  // namespace

FakeCrypto::FakeCrypto(std::uint64_t seed) {
  expand(seed * 0x9e3779b97f4a7c15ULL + 1, public_key_);
  public_key_[0] = 4;
}

bool FakeCrypto::seal(const AeadKey& key, std::span<const std::uint8_t, kAeadNonceBytes> nonce,
                      ByteView additional_data, ByteView plaintext, MutableBytes sealed) {
  const std::uint64_t tag = mix({key.key.view(), nonce, additional_data, plaintext}, 1);
  std::memmove(sealed.data(), plaintext.data(), plaintext.size());
  expand(tag, sealed.subspan(plaintext.size()));
  return true;
}

bool FakeCrypto::open(const AeadKey& key, std::span<const std::uint8_t, kAeadNonceBytes> nonce,
                      ByteView additional_data, ByteView sealed, MutableBytes plaintext) {
  const ByteView text = sealed.first(sealed.size() - kAeadTagBytes);
  std::array<std::uint8_t, kAeadTagBytes> tag;
  expand(mix({key.key.view(), nonce, additional_data, text}, 1), tag);
  if (!std::ranges::equal(tag, sealed.last(kAeadTagBytes))) return false;
  std::memmove(plaintext.data(), text.data(), text.size());
  return true;
}

void FakeCrypto::hkdf(ByteView salt, ByteView input_key, ByteView info, MutableBytes output) {
  expand(mix({salt, input_key, info}, 2), output);
}

Digest256 FakeCrypto::sha256(ByteView message) {
  Digest256 digest;
  expand(mix({message}, 3), digest);
  return digest;
}

bool FakeCrypto::agree(const PublicKey& peer, SharedSecret& secret) {
  if (peer[0] != 4) return false;
  const PublicKey& low = std::min(peer, public_key_);
  const PublicKey& high = std::max(peer, public_key_);
  expand(mix({low, high}, 4), secret.mutable_view());
  return true;
}

bool FakeCrypto::sign(ByteView message, Signature& signature) {
  expand(mix({public_key_, message}, 5), signature);
  return true;
}

bool FakeCrypto::verify(const PublicKey& signer, ByteView message, const Signature& signature) {
  Signature expected;
  expand(mix({signer, message}, 5), expected);
  return expected == signature;
}

}  // namespace dsn::test
