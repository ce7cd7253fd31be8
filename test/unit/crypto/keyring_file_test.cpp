// SPDX-License-Identifier: Apache-2.0
#include "crypto/keyring_file.hpp"

#include <gtest/gtest.h>

#include "crypto/entropy.hpp"
#include "support/temp_dir.hpp"

namespace dsn::test {

using namespace crypto;

namespace {

core::EpochKey key_of(std::uint32_t epoch, std::uint8_t first) {
  core::EpochKey key;
  key.epoch = epoch;
  key.key.mutable_view()[0] = first;
  return key;
}

class KeyringFile : public testing::Test {
 protected:
  KeyringFile() {
    EXPECT_TRUE(initialise_crypto());
    stored_.authority = core::KeyHash{1, 2, 3};
    stored_.keys = {key_of(3, 30), key_of(2, 20), key_of(1, 10)};
    stored_.statement.encoded = {1, 2, 3, 4};
    stored_.statement.signature[63] = 7;
    stored_.statement.authority[64] = 8;
    stored_.out = {NodeId{{9}}, NodeId{{8}}};
    stored_.overtaken = {{key_of(3, 31), stored_.statement}, {key_of(2, 21), stored_.statement}};
    stored_.overtaken.back().statement.encoded = {7};
  }

  TempDir dir_;
  core::KeyringContents stored_;
};

// protocol.md [key-stored] [out-kept]
TEST_F(KeyringFile, ComesBackAsItWas) {
  EXPECT_FALSE(load_keyring(dir_.path())->has_value());
  ASSERT_TRUE(save_keyring(dir_.path(), stored_));
  EXPECT_EQ(mode_of(keyring_path(dir_.path())), 0600U);
  const auto loaded = load_keyring(dir_.path());
  ASSERT_TRUE(loaded && loaded->has_value());
  const core::KeyringContents& again = **loaded;
  EXPECT_EQ(again.authority, stored_.authority);
  ASSERT_EQ(again.keys.size(), 3U);
  EXPECT_EQ(again.keys[1].epoch, 2U);
  EXPECT_EQ(again.keys[1].key.view()[0], 20);
  EXPECT_EQ(again.statement.encoded, stored_.statement.encoded);
  EXPECT_EQ(again.statement.signature, stored_.statement.signature);
  EXPECT_EQ(again.statement.authority, stored_.statement.authority);
  EXPECT_EQ(again.out, stored_.out);
  ASSERT_EQ(again.overtaken.size(), 2U);
  EXPECT_EQ(again.overtaken[0].key.epoch, 3U);
  EXPECT_EQ(again.overtaken[0].key.key.view()[0], 31);
  EXPECT_EQ(again.overtaken[0].statement.signature, stored_.statement.signature);
  EXPECT_EQ(again.overtaken[1].statement.authority, stored_.statement.authority);
  EXPECT_EQ(again.overtaken[1].statement.encoded, Bytes{7});
}

TEST_F(KeyringFile, ThatIsDamagedIsAnError) {
  ASSERT_TRUE(save_keyring(dir_.path(), stored_));
  const std::string path = keyring_path(dir_.path());
  const std::string good = text_of(path);
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    write_text(path, bad, 0600);
    EXPECT_FALSE(load_keyring(dir_.path())) << i;
    write_text(path, good.substr(0, i), 0600);
    EXPECT_FALSE(load_keyring(dir_.path())) << i;
  }
}

TEST_F(KeyringFile, AndTheKeyFileTheNewerOfOneNetworkWins) {
  NetworkAccess access{key_of(1, 10), stored_.authority};
  EXPECT_EQ(newest_of(access, std::nullopt).keys.size(), 1U);
  EXPECT_EQ(newest_of(access, stored_).keys.front().epoch, 3U);
  access.key = key_of(4, 40);
  const core::KeyringContents joined = newest_of(access, stored_);
  EXPECT_EQ(joined.keys.front().epoch, 4U);
  EXPECT_EQ(joined.keys.size(), 3U);
  EXPECT_TRUE(joined.statement.encoded.empty()) << "it is about another key";
  EXPECT_EQ(joined.out, stored_.out);
  access.authority = core::KeyHash{5};
  const core::KeyringContents other = newest_of(access, stored_);
  EXPECT_EQ(other.keys.size(), 1U);
  EXPECT_TRUE(other.out.empty());
  access.authority.reset();
  EXPECT_EQ(newest_of(access, stored_).keys.size(), 1U);
}

}  // namespace
}  // namespace dsn::test
