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

  static std::string of(const NetworkAccess& access) {
    SecretText text(kInviteSize);
    append_invite(text, access);
    return std::string(text.view());
  }
  /// The key's digits, or the error.
  static std::string parsed(const std::string& text) {
    const Result<NetworkAccess> access = parse_invite(text);
    return access ? to_hex(access->key.key.view()) : access.error();
  }
};

TEST_F(Invite, IsAsDocumented) {
  EXPECT_EQ(of(*parse_network_key(kDigits)), kInvite);
  EXPECT_EQ(std::string_view(kInvite).size(), kPlainInviteForm.size());
}

TEST_F(Invite, ComesBackAsTheKey) {
  for (int i = 0; i < 50; ++i) {
    NetworkAccess access;
    random_bytes(access.key.key.mutable_view());
    EXPECT_EQ(parsed(of(access)), to_hex(access.key.key.view()));
  }
}

TEST_F(Invite, CarriesTheAuthorityAndTheEpoch) {
  NetworkAccess access;
  random_bytes(access.key.key.mutable_view());
  random_bytes(access.authority.emplace());
  access.key.epoch = 0x01020304;
  const std::string text = of(access);
  EXPECT_EQ(text.size(), kInviteSize);
  EXPECT_TRUE(text.starts_with("DSN2-")) << text;
  const Result<NetworkAccess> read = parse_invite(text);
  ASSERT_TRUE(read);
  EXPECT_EQ(to_hex(read->key.key.view()), to_hex(access.key.key.view()));
  EXPECT_EQ(read->authority, access.authority);
  EXPECT_EQ(read->key.epoch, access.key.epoch);
  std::string wrong = text;
  wrong[70] = wrong[70] == 'Z' ? 'Y' : 'Z';
  EXPECT_EQ(parsed(wrong), "this invite was mistyped: its check digits do not match");
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
  EXPECT_EQ(parsed(""), "that is no invite: an invite begins with DSN2- or DSN1-");
  EXPECT_EQ(parsed("DSN2-0000"), "this invite has 4 digits after DSN2-, not 64");
  EXPECT_EQ(parsed(kDigits), "that is no invite: an invite begins with DSN2- or DSN1-");
  EXPECT_EQ(parsed("DSN1-0000-0000"), "this invite has 8 digits after DSN1-, not 32");
  EXPECT_EQ(parsed(std::string(kInvite) + "0"), "this invite has 33 digits after DSN1-, not 32");
  EXPECT_EQ(parsed("DSN1-0000-U000"),
            "this invite has a wrong character: only digits and letters other than U occur");
}

}  // namespace
}  // namespace dsn::test
