// SPDX-License-Identifier: Apache-2.0
#include "core/session/key_statement.hpp"

#include <gtest/gtest.h>

#include "support/fake_crypto.hpp"
#include "wire/cbor_writer.hpp"
#include "wire/wire_limits.hpp"

namespace dsn::test {
namespace {

KeyStatement statement_of(std::size_t out) {
  KeyStatement statement;
  statement.network.bytes.fill(3);
  statement.epoch = 0xffffffff;
  statement.key_hash.fill(4);
  for (std::size_t i = 0; i < out; ++i) {
    statement.out.emplace_back().bytes.fill(static_cast<std::uint8_t>(i));
  }
  statement.flags = KeyStatement::kDropsFormer;
  return statement;
}

TEST(KeyStatement, IsWhatItWasAlsoWithAsManyIdsAsItMayHave) {
  for (const std::size_t out : {std::size_t{0}, std::size_t{1}, wire::kOutPerStatementMax}) {
    const KeyStatement statement = statement_of(out);
    const auto decoded = decode_statement(encode_statement(statement));
    ASSERT_TRUE(decoded) << out;
    EXPECT_EQ(decoded->network, statement.network);
    EXPECT_EQ(decoded->epoch, statement.epoch);
    EXPECT_EQ(decoded->key_hash, statement.key_hash);
    EXPECT_EQ(decoded->out, statement.out);
    EXPECT_TRUE(decoded->drops_former());
  }
}

TEST(KeyStatement, IsNoneIfAnyByteIsMissingOrTooMuch) {
  const Bytes encoded = encode_statement(statement_of(2));
  for (std::size_t size = 0; size < encoded.size(); ++size) {
    EXPECT_FALSE(decode_statement(ByteView(encoded).first(size))) << size;
  }
  Bytes longer = encoded;
  longer.push_back(0);
  EXPECT_FALSE(decode_statement(longer));
  Bytes other_format = encoded;
  other_format[1] = 2;
  EXPECT_FALSE(decode_statement(other_format));
  KeyStatement no_epoch = statement_of(0);
  no_epoch.epoch = 0;
  EXPECT_FALSE(decode_statement(encode_statement(no_epoch)));
}

// protocol.md [statement-extend]
TEST(KeyStatement, MayHaveMoreElementsAndFlagsThanAreKnown) {
  KeyStatement statement = statement_of(1);
  statement.flags = ~std::uint64_t{0};
  Bytes longer = encode_statement(statement);
  ++longer[0];
  longer.insert(longer.end(), {0x81, 0x05});  // [5]
  const auto decoded = decode_statement(longer);
  ASSERT_TRUE(decoded);
  EXPECT_TRUE(decoded->drops_former());
  longer.back() = 0x80;  // [[]]: deeper than it may be
  EXPECT_FALSE(decode_statement(longer));
}

TEST(KeyStatement, IsSignedAsWhatItIs) {
  FakeCrypto authority(1);
  FakeCrypto member(2);
  auto made = sign_statement(authority, statement_of(1));
  ASSERT_TRUE(made);
  EXPECT_EQ(made->authority, authority.public_key());
  EXPECT_TRUE(verify_statement(member, *made));
  made->encoded.back() ^= 1;
  EXPECT_FALSE(verify_statement(member, *made));
}

}  // namespace
}  // namespace dsn::test
