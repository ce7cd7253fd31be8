// SPDX-License-Identifier: Apache-2.0
#include "crypto/network_key.hpp"

#include <gtest/gtest.h>

#include <string>

#include "crypto/entropy.hpp"
#include "support/temp_dir.hpp"
#include "unit/crypto/key_digits.hpp"

namespace dsn::test {

using namespace crypto;

namespace {

TEST(ParseNetworkKey, ReadsDigitsAmongComments) {
  for (const char* text :
       {"000102030405060708090a0b0c0d0e0f", "000102030405060708090a0b0c0d0e0f\n",
        "000102030405060708090A0B0C0D0E0F\r\n", "  000102030405060708090a0b0c0d0e0f\t\n",
        "# a comment\n\n000102030405060708090a0b0c0d0e0f\n  # another\n",
        "#ffffffffffffffffffffffffffffffff\n000102030405060708090a0b0c0d0e0f"}) {
    const std::optional<NetworkAccess> access = parse_network_key(text);
    ASSERT_TRUE(access) << text;
    EXPECT_EQ(to_hex(access->key.key.view()), kDigits);
    EXPECT_FALSE(access->authority);
  }
}

TEST(ParseNetworkKey, RefusesEverythingElse) {
  for (const char* text :
       {"", "\n", "# only a comment\n", "000102030405060708090a0b0c0d0e0",
        "000102030405060708090a0b0c0d0e0f0", "000102030405060708090a0b0c0d0e0g",
        "0x000102030405060708090a0b0c0d0e", "00010203 0405060708090a0b0c0d0e0f",
        "0001020304050607\n08090a0b0c0d0e0f", "000102030405060708090a0b0c0d0e0f # comment",
        "000102030405060708090a0b0c0d0e0f\n000102030405060708090a0b0c0d0e0f\n"}) {
    EXPECT_FALSE(parse_network_key(text)) << text;
  }
  EXPECT_FALSE(parse_network_key(std::string_view("\0\0\0\0", 4)));
}

class NetworkKeyFile : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(initialise_crypto()); }
  TempDir dir_;
  std::string path_ = dir_.file("k1.key");
};

TEST_F(NetworkKeyFile, IsRandomPrivateAndNeverOverwritten) {
  ASSERT_TRUE(create_network_key(path_));
  EXPECT_EQ(mode_of(path_), 0600U);
  const NetworkKey key = load_network_key(path_)->key.key;
  ASSERT_TRUE(create_network_key(dir_.file("k2.key")));
  EXPECT_NE(to_hex(key.view()), to_hex(load_network_key(dir_.file("k2.key"))->key.key.view()));

  const std::string before = text_of(path_);
  const Result<void> again = create_network_key(path_);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error(), "cannot create " + path_ + ": File exists");
  EXPECT_EQ(text_of(path_), before);
}

TEST_F(NetworkKeyFile, SaysWhatToDo) {
  EXPECT_EQ(load_network_key(path_).error(),
            "there is no network key " + path_ +
                ": run 'dsn init' to create a network or 'dsn join' to join one");
  write_text(path_, kDigits, 0644);
  EXPECT_EQ(load_network_key(path_).error(),
            path_ + " holds a secret but others have access to it (mode 0644): run 'chmod 600 " +
                path_ + "'");
  ::chmod(path_.c_str(), 0600);
  EXPECT_EQ(to_hex(load_network_key(path_)->key.key.view()), kDigits);
  write_text(path_, "000102030405060708090a0b0c0d0e0", 0600);
  EXPECT_EQ(load_network_key(path_).error(),
            path_ + " is not a network key: expected an invite or 32 hexadecimal digits");
  write_text(path_, std::string(5000, '#'));
  EXPECT_EQ(load_network_key(path_).error(),
            "cannot read " + path_ + ": it has more than 4096 bytes");
}

TEST_F(NetworkKeyFile, SaysThatTheDiskIsReadOnly) {
  const ReadOnlyDir read_only(dir_.path());
  if (!read_only.effective()) GTEST_SKIP() << "cannot make a folder read-only here";
  EXPECT_EQ(create_network_key(path_).error(), "cannot create " + path_ + ": Permission denied");
}

}  // namespace
}  // namespace dsn::test
