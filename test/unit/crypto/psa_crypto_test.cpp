// SPDX-License-Identifier: Apache-2.0
#include "crypto/psa_crypto.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <string>

#include "crypto/entropy.hpp"

namespace dsn::test {

using namespace core;
using namespace crypto;

namespace {

Bytes hex(std::string_view text) { return from_hex(text).value(); }

template <std::size_t N>
std::array<std::uint8_t, N> array_of(std::string_view text) {
  const Bytes bytes = hex(text);
  std::array<std::uint8_t, N> array{};
  EXPECT_EQ(bytes.size(), N);
  std::ranges::copy(bytes, array.begin());
  return array;
}

PrivateKey private_key_of(std::string_view text) { return PrivateKey(array_of<32>(text)); }

// RFC 6979, appendix A.2.5.
constexpr const char* kSignerPrivate =
    "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";
constexpr const char* kSignerPublic =
    "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
constexpr const char* kSampleSignature =
    "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
    "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";

Identity signer() {
  EXPECT_TRUE(initialise_crypto());
  return identity_of(private_key_of(kSignerPrivate)).value();
}

class PsaCryptoTest : public testing::Test {
 protected:
  PsaCrypto crypto_{signer()};
};

TEST_F(PsaCryptoTest, HashesWithSha256) {
  EXPECT_EQ(to_hex(crypto_.sha256({})),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(crypto_.sha256(as_bytes("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

// RFC 5869, appendices A.1 and A.3.
TEST_F(PsaCryptoTest, DerivesByHkdf) {
  Bytes output(42);
  const Bytes input_key(22, 0x0b);
  crypto_.hkdf(hex("000102030405060708090a0b0c"), input_key, hex("f0f1f2f3f4f5f6f7f8f9"), output);
  EXPECT_EQ(to_hex(output),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  crypto_.hkdf({}, input_key, {}, output);
  EXPECT_EQ(to_hex(output),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

struct CcmVector {
  AeadKey key;
  std::array<std::uint8_t, kAeadNonceBytes> nonce{};
  Bytes additional_data;
  Bytes plaintext;
  Bytes sealed;
};

// Published vectors with a nonce of 13 bytes have shorter tags; this one is of OpenSSL, by
// AESCCM(key, tag_length=16).encrypt(nonce, plaintext, additional_data) of Python's cryptography
// 38.0.4: key 00..0f, nonce 20..2c, additional data 40..53, plaintext 60..77.
CcmVector ccm_vector() {
  CcmVector vector;
  std::ranges::copy(array_of<16>("000102030405060708090a0b0c0d0e0f"),
                    vector.key.key.mutable_view().begin());
  std::iota(vector.nonce.begin(), vector.nonce.end(), std::uint8_t{0x20});
  vector.additional_data.resize(20);
  std::iota(vector.additional_data.begin(), vector.additional_data.end(), std::uint8_t{0x40});
  vector.plaintext.resize(24);
  std::iota(vector.plaintext.begin(), vector.plaintext.end(), std::uint8_t{0x60});
  vector.sealed =
      hex("0ad4f0a55f17c8065adcb61d384a740c6c9afcd8023b17e0"
          "57c23f7923441694635cf505f239cb76");
  return vector;
}

TEST_F(PsaCryptoTest, SealsAsOthersDo) {
  const CcmVector v = ccm_vector();
  Bytes sealed(v.sealed.size());
  ASSERT_TRUE(crypto_.seal(v.key, v.nonce, v.additional_data, v.plaintext, sealed));
  EXPECT_EQ(to_hex(sealed), to_hex(v.sealed));
  Bytes opened(v.plaintext.size());
  ASSERT_TRUE(crypto_.open(v.key, v.nonce, v.additional_data, sealed, opened));
  EXPECT_EQ(opened, v.plaintext);

  Bytes empty(kAeadTagBytes);
  ASSERT_TRUE(crypto_.seal(v.key, v.nonce, v.additional_data, {}, empty));
  EXPECT_EQ(to_hex(empty), "8158020db876d68c15a1e3dcce162e0e");
  EXPECT_TRUE(crypto_.open(v.key, v.nonce, v.additional_data, empty, {}));
}

// The core seals and opens a datagram where it lies, up to the largest.
TEST_F(PsaCryptoTest, SealsAndOpensInPlace) {
  const CcmVector v = ccm_vector();
  for (const std::size_t size : {0, 1, 15, 16, 17, 31, 32, 33, 100, 1200, 1216}) {
    Bytes original(size);
    std::iota(original.begin(), original.end(), std::uint8_t{3});
    Bytes apart(size + kAeadTagBytes);
    ASSERT_TRUE(crypto_.seal(v.key, v.nonce, v.additional_data, original, apart));
    Bytes buffer = original;
    buffer.resize(size + kAeadTagBytes);
    const MutableBytes whole(buffer);
    ASSERT_TRUE(crypto_.seal(v.key, v.nonce, v.additional_data, whole.first(size), whole));
    ASSERT_EQ(buffer, apart) << size;
    ASSERT_TRUE(crypto_.open(v.key, v.nonce, v.additional_data, whole, whole.first(size)));
    ASSERT_TRUE(std::ranges::equal(whole.first(size), original)) << size;
  }
}

TEST_F(PsaCryptoTest, RefusesEveryChangedByte) {
  const CcmVector v = ccm_vector();
  Bytes opened(v.plaintext.size());
  for (std::size_t i = 0; i < v.sealed.size(); ++i) {
    Bytes tampered = v.sealed;
    tampered[i] ^= 1;
    EXPECT_FALSE(crypto_.open(v.key, v.nonce, v.additional_data, tampered, opened)) << i;
    EXPECT_NE(opened, v.plaintext) << "nothing unauthenticated may come out";
  }
  for (std::size_t i = 0; i < v.additional_data.size(); ++i) {
    Bytes tampered = v.additional_data;
    tampered[i] ^= 0x80;
    EXPECT_FALSE(crypto_.open(v.key, v.nonce, tampered, v.sealed, opened)) << i;
  }
  for (std::size_t i = 0; i < v.nonce.size(); ++i) {
    auto tampered = v.nonce;
    tampered[i] ^= 1;
    EXPECT_FALSE(crypto_.open(v.key, tampered, v.additional_data, v.sealed, opened)) << i;
  }
  for (std::size_t i = 0; i < 16; ++i) {
    AeadKey tampered = v.key;
    tampered.key.mutable_view()[i] ^= 1;
    EXPECT_FALSE(crypto_.open(tampered, v.nonce, v.additional_data, v.sealed, opened)) << i;
  }
  EXPECT_TRUE(crypto_.open(v.key, v.nonce, v.additional_data, v.sealed, opened));
}

TEST_F(PsaCryptoTest, RefusesBuffersOfTheWrongSize) {
  const CcmVector v = ccm_vector();
  Bytes small(v.sealed.size() - 1);
  EXPECT_FALSE(crypto_.seal(v.key, v.nonce, v.additional_data, v.plaintext, small));
  EXPECT_FALSE(crypto_.open(v.key, v.nonce, v.additional_data, v.sealed, small));
  EXPECT_FALSE(crypto_.open(v.key, v.nonce, v.additional_data, Bytes(15), {}));
  EXPECT_FALSE(crypto_.open(v.key, v.nonce, v.additional_data, {}, {}));
}

// RFC 5903, section 8.1.
TEST_F(PsaCryptoTest, AgreesAsOthersDo) {
  PsaCrypto initiator(
      identity_of(
          private_key_of("c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433"))
          .value());
  PsaCrypto responder(
      identity_of(
          private_key_of("c6ef9c5d78ae012a011164acb397ce2088685d8f06bf9be0b283ab46476bee53"))
          .value());
  EXPECT_EQ(to_hex(initiator.public_key()),
            "04dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c3772581180"
            "5271a0461cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990bb3");
  SharedSecret ours;
  SharedSecret theirs;
  ASSERT_TRUE(initiator.agree(responder.public_key(), ours));
  ASSERT_TRUE(responder.agree(initiator.public_key(), theirs));
  EXPECT_EQ(to_hex(ours.view()),
            "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de");
  EXPECT_EQ(to_hex(ours.view()), to_hex(theirs.view()));
}

// protocol.md [key-point]
TEST_F(PsaCryptoTest, AgreesWithNothingButAPointOfTheCurve) {
  const auto valid = array_of<65>(kSignerPublic);
  struct Row {
    const char* reason;
    PublicKey peer;
  };
  std::vector<Row> rows;
  rows.push_back({"all zero", {}});
  rows.push_back({"the point at infinity, whose encoding is one zero byte", {0x00, 0x04}});
  rows.push_back({"0x04 and zeros: (0, 0)", {0x04}});
  rows.push_back({"Y off by one", valid});
  rows.back().peer[64] ^= 1;
  rows.push_back({"X off by one", valid});
  rows.back().peer[32] ^= 1;
  rows.push_back({"X and Y swapped", valid});
  std::swap_ranges(rows.back().peer.begin() + 1, rows.back().peer.begin() + 33,
                   rows.back().peer.begin() + 33);
  rows.push_back({"compressed form", valid});
  rows.back().peer[0] = 0x03;
  rows.push_back({"hybrid form", valid});
  rows.back().peer[0] = 0x07;
  rows.push_back({"coordinates beyond the field", {}});
  rows.back().peer.fill(0xff);
  rows.back().peer[0] = 0x04;
  // X + p stands for the same residue; p is ffffffff00000001 0..0 ffffffffffffffffffffffff, and
  // (0, sqrt b) is a point whose X + p still fits into 32 bytes.
  rows.push_back(
      {"X not reduced",
       array_of<65>("04ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"
                    "66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4")});
  for (const Row& row : rows) {
    SharedSecret secret(std::span<const std::uint8_t, 32>(valid.data() + 1, 32));
    EXPECT_FALSE(crypto_.agree(row.peer, secret)) << row.reason;
    EXPECT_EQ(to_hex(secret.view()), std::string(64, '0')) << "nothing to use by mistake";
    EXPECT_FALSE(crypto_.verify(row.peer, as_bytes("sample"), array_of<64>(kSampleSignature)))
        << row.reason;
  }
  SharedSecret secret;
  EXPECT_TRUE(crypto_.agree(valid, secret));
  // The reduced form of the last row, to show that only the reduction was wrong with it.
  EXPECT_TRUE(crypto_.agree(
      array_of<65>("040000000000000000000000000000000000000000000000000000000000000000"
                   "66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4"),
      secret));
}

TEST_F(PsaCryptoTest, AgreesWithoutWorkOnWhatItIsTold) {
  const auto peer = array_of<65>(kSignerPublic);
  SharedSecret told;
  told.mutable_view()[0] = 1;
  crypto_.remember(peer, told);
  SharedSecret secret;
  ASSERT_TRUE(crypto_.agree(peer, secret));
  EXPECT_EQ(to_hex(secret.view()), to_hex(told.view()));
}

// RFC 6979, appendix A.2.5, SHA-256 and "sample".
TEST_F(PsaCryptoTest, SignsAsOthersDo) {
  EXPECT_EQ(to_hex(crypto_.public_key()), kSignerPublic);
  Signature signature{};
  ASSERT_TRUE(crypto_.sign(as_bytes("sample"), signature));
  EXPECT_EQ(to_hex(signature), kSampleSignature);
  EXPECT_TRUE(crypto_.verify(crypto_.public_key(), as_bytes("sample"), signature));
}

TEST_F(PsaCryptoTest, VerifiesNothingButTheSignedMessageByItsSigner) {
  const auto public_key = array_of<65>(kSignerPublic);
  const auto good = array_of<64>(kSampleSignature);
  EXPECT_TRUE(crypto_.verify(public_key, as_bytes("sample"), good));
  EXPECT_FALSE(crypto_.verify(public_key, as_bytes("Sample"), good));
  EXPECT_FALSE(crypto_.verify(public_key, {}, good));
  for (std::size_t i = 0; i < good.size(); ++i) {
    Signature tampered = good;
    tampered[i] ^= 1;
    EXPECT_FALSE(crypto_.verify(public_key, as_bytes("sample"), tampered)) << i;
  }
  EXPECT_FALSE(crypto_.verify(public_key, as_bytes("sample"), {})) << "r and s of 0";
  Signature no_r = good;
  std::fill_n(no_r.begin(), 32, std::uint8_t{0});
  EXPECT_FALSE(crypto_.verify(public_key, as_bytes("sample"), no_r));
  Signature no_s = good;
  std::fill_n(no_s.begin() + 32, 32, std::uint8_t{0});
  EXPECT_FALSE(crypto_.verify(public_key, as_bytes("sample"), no_s));
  const Identity other = create_identity().value();
  EXPECT_FALSE(crypto_.verify(other.public_key, as_bytes("sample"), good));
}

TEST_F(PsaCryptoTest, SignsWithAFreshKeyAndMessagesOfAnyLength) {
  PsaCrypto other(create_identity().value());
  for (const std::size_t size : {0, 1, 64, 200, 1300}) {
    const Bytes message(size, 0x5a);
    Signature signature{};
    ASSERT_TRUE(other.sign(message, signature));
    EXPECT_TRUE(crypto_.verify(other.public_key(), message, signature));
    EXPECT_FALSE(crypto_.verify(crypto_.public_key(), message, signature));
  }
}

// mbedTLS 2.28 of Debian has 32 slots; one that leaks, on failure too, shows here.
TEST_F(PsaCryptoTest, HoldsNoKeySlots) {
  const CcmVector v = ccm_vector();
  for (int i = 0; i < 50; ++i) {
    Bytes sealed = v.sealed;
    Bytes opened(v.plaintext.size());
    ASSERT_TRUE(crypto_.seal(v.key, v.nonce, v.additional_data, v.plaintext, sealed));
    sealed[0] ^= 1;
    ASSERT_FALSE(crypto_.open(v.key, v.nonce, v.additional_data, sealed, opened));
    SharedSecret secret;
    ASSERT_FALSE(crypto_.agree({}, secret));
    ASSERT_FALSE(crypto_.verify({}, {}, {}));
    ASSERT_FALSE(identity_of(PrivateKey()));
  }
  std::vector<PsaCrypto> nodes(40, crypto_);
  Signature signature{};
  for (PsaCrypto& node : nodes) ASSERT_TRUE(node.sign({}, signature));
}

// protocol.md [sid-random]
TEST(Entropy, IsReadyAndDiffersEachTime) {
  EXPECT_TRUE(entropy_ready());
  ASSERT_TRUE(initialise_crypto());
  ASSERT_TRUE(initialise_crypto()) << "twice is fine";
  std::array<std::uint8_t, 32> a{};
  std::array<std::uint8_t, 32> b{};
  random_bytes(a);
  random_bytes(b);
  EXPECT_NE(a, b);
  random_bytes({});
  Bytes large(5000);  // more than the library's generator gives at once
  random_bytes(large);
  EXPECT_LT(std::ranges::count(large, 0), 100);
}

}  // namespace
}  // namespace dsn::test
