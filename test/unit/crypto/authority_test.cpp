// SPDX-License-Identifier: Apache-2.0
#include "crypto/authority.hpp"

#include <gtest/gtest.h>

#include "crypto/entropy.hpp"
#include "support/temp_dir.hpp"

namespace dsn::test {

using namespace crypto;

namespace {

TEST(Authority, ComesBackFromItsFileWhichIsNeverOverwritten) {
  ASSERT_TRUE(initialise_crypto());
  const TempDir dir;
  const std::string path = dir.file("authority.key");
  EXPECT_FALSE(load_authority(path));
  const Identity made = create_authority().value();
  ASSERT_TRUE(store_authority(path, made));
  EXPECT_EQ(mode_of(path), 0600U);
  const Result<Identity> loaded = load_authority(path);
  ASSERT_TRUE(loaded) << loaded.error();
  EXPECT_EQ(loaded->public_key, made.public_key);
  EXPECT_EQ(authority_hash(*loaded), authority_hash(made));
  EXPECT_FALSE(store_authority(path, create_authority().value()));
  write_text(path, "# nothing\nDSNA-0000\n", 0600);
  EXPECT_EQ(load_authority(path).error(),
            path + ": this authority has 4 digits after DSNA-, not 58");
}

}  // namespace
}  // namespace dsn::test
