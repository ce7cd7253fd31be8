// SPDX-License-Identifier: Apache-2.0
#include "crypto/invite.hpp"

#include <gtest/gtest.h>

#include <string>

#include "crypto/entropy.hpp"
#include "unit/crypto/key_digits.hpp"

namespace dsn::test {

using namespace crypto;

namespace {

// Base 32 of these 16 bytes and of 4 of SHA-256("DSN1" key), made by Python's hashlib and base64.
constexpr const char* kInvite = "DSN1-000G-40R4-0M30-E209-185G-R38E-1X3B-5C81";

class Invite : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(initialise_crypto()); }

  static std::string of(const NetworkKey& key) {
    SecretText text(kInviteSize);
    append_invite(text, key);
    return std::string(text.view());
  }
  /// The key's digits, or the error.
  static std::string parsed(const std::string& text) {
    const Result<NetworkKey> key = parse_invite(text);
    return key ? to_hex(key->view()) : key.error();
  }
};

TEST_F(Invite, IsAsDocumented) {
  EXPECT_EQ(of(*parse_network_key(kDigits)), kInvite);
  EXPECT_EQ(std::string_view(kInvite).size(), kInviteSize);
}

TEST_F(Invite, ComesBackAsTheKey) {
  for (int i = 0; i < 50; ++i) {
    NetworkKey key;
    random_bytes(key.mutable_view());
    EXPECT_EQ(parsed(of(key)), to_hex(key.view()));
  }
}

TEST_F(Invite, MayBeTypedSloppily) {
  std::string text = kInvite;
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == '0') c = 'o';
    if (c == '-') c = ' ';
  }
  EXPECT_EQ(parsed("  " + text + " \r\n"), kDigits);
}

TEST_F(Invite, WithOneWrongDigitIsRefused) {
  const std::string good = kInvite;
  for (std::size_t i = 5; i < good.size(); ++i) {
    if (good[i] == '-') continue;
    std::string wrong = good;
    wrong[i] = wrong[i] == 'Z' ? 'Y' : 'Z';
    EXPECT_EQ(parsed(wrong), "this invite was mistyped: its check digits do not match") << i;
  }
}

TEST_F(Invite, OfAnotherFormIsRefusedWithoutShowingIt) {
  EXPECT_EQ(parsed(""), "that is no invite: an invite begins with DSN1-");
  EXPECT_EQ(parsed("DSN2-0000"), "that is no invite: an invite begins with DSN1-");
  EXPECT_EQ(parsed(kDigits), "that is no invite: an invite begins with DSN1-");
  EXPECT_EQ(parsed("DSN1-0000-0000"), "this invite has 8 digits after DSN1-, not 32");
  EXPECT_EQ(parsed(std::string(kInvite) + "0"), "this invite has 33 digits after DSN1-, not 32");
  EXPECT_EQ(parsed("DSN1-0000-U000"),
            "this invite has a wrong character: only digits and letters other than U occur");
}

}  // namespace
}  // namespace dsn::test
