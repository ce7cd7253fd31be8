// SPDX-License-Identifier: Apache-2.0
#include "node/credentials.hpp"

#include <gtest/gtest.h>

#include "crypto/entropy.hpp"
#include "support/temp_dir.hpp"

namespace dsn::node {

using namespace test;
using namespace crypto;

namespace {

class CredentialsTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(initialise_crypto());
    settings_ = {.folder = dir_.file("state"), .system_root = dir_.file("root")};
    become("0123456789abcdef0123456789abcdef");
  }
  // Another machine from now on; an empty one has no name.
  void become(const std::string& machine_id) {
    std::filesystem::create_directories(dir_.file("root/etc"));
    write_text(dir_.file("root/etc/machine-id"), machine_id, 0644);
  }
  Credentials load(bool adopt = false) {
    settings_.adopt = adopt;
    Result<Credentials> loaded = load_credentials(settings_);
    EXPECT_TRUE(loaded) << loaded.error();
    Credentials credentials = loaded.ok() ? std::move(loaded).value() : Credentials{};
    credentials.lock.release();  // as if its process had ended
    return credentials;
  }
  std::string key_file() const { return dir_.file("state/node.key"); }

  TempDir dir_;
  CredentialSettings settings_;
};

TEST_F(CredentialsTest, AreMadeBoundAndFoundAgain) {
  const Credentials first = load();
  EXPECT_TRUE(first.kept);
  EXPECT_EQ(first.warnings.size(), 0U);
  EXPECT_EQ(first.identity.machine.size(), 1U);
  EXPECT_EQ(mode_of(key_file()), 0600U);
  const std::string text = text_of(key_file());
  EXPECT_EQ(load().identity.id, first.identity.id);
  EXPECT_EQ(text_of(key_file()), text) << "nothing is written where nothing changes";
}

TEST_F(CredentialsTest, OfAnotherMachineAreSetAside) {
  const NodeId first = load().identity.id;
  const std::string text = text_of(key_file());
  become("ffffffffffffffff0123456789abcdef");
  const Credentials copied = load();
  EXPECT_NE(copied.identity.id, first);
  EXPECT_TRUE(copied.kept);
  ASSERT_EQ(copied.warnings.size(), 1U);
  EXPECT_NE(copied.warnings[0].find("copied from another machine"), std::string::npos);
  const std::string aside = set_aside_path(dir_.file("state"), first);
  EXPECT_NE(copied.warnings[0].find(aside), std::string::npos);
  EXPECT_EQ(text_of(aside), text);
  EXPECT_EQ(mode_of(aside), 0600U);
  const Credentials again = load();
  EXPECT_EQ(again.identity.id, copied.identity.id);
  EXPECT_EQ(again.warnings.size(), 0U);
}

TEST_F(CredentialsTest, GoBackAndForthBetweenMachinesWithoutALoss) {
  const NodeId first = load().identity.id;
  become("ffffffffffffffff0123456789abcdef");
  const NodeId second = load().identity.id;
  become("0123456789abcdef0123456789abcdef");
  const NodeId third = load().identity.id;
  EXPECT_TRUE(std::filesystem::exists(set_aside_path(dir_.file("state"), first)));
  EXPECT_TRUE(std::filesystem::exists(set_aside_path(dir_.file("state"), second)));
  EXPECT_NE(third, first);
}

TEST_F(CredentialsTest, CanBeAdopted) {
  const NodeId first = load().identity.id;
  become("ffffffffffffffff0123456789abcdef");
  EXPECT_EQ(load(true).identity.id, first);
  EXPECT_EQ(load().identity.id, first) << "bound to this machine now";
  become("0123456789abcdef0123456789abcdef");
  EXPECT_NE(load().identity.id, first);
}

TEST_F(CredentialsTest, WithoutAMarkAreBoundToThisMachine) {
  std::filesystem::create_directories(dir_.file("state"));
  const Identity old = create_identity().value();
  ASSERT_TRUE(save_identity(dir_.file("state"), old));
  EXPECT_EQ(load().identity.id, old.id);
  EXPECT_NE(text_of(key_file()).find("\nmachine os "), std::string::npos);
  become("ffffffffffffffff0123456789abcdef");
  EXPECT_NE(load().identity.id, old.id);
}

TEST_F(CredentialsTest, OfAMachineWithoutANameAreBoundToNothing) {
  become("");
  const Credentials first = load();
  EXPECT_EQ(first.warnings.size(), 0U);
  EXPECT_EQ(text_of(key_file()).find("machine os"), std::string::npos);
  EXPECT_EQ(load().identity.id, first.identity.id);
}

// The card is read-only: the other machine's key must not be used all the same.
TEST_F(CredentialsTest, OfAnotherMachineAreNotUsedWhereNothingCanBeWritten) {
  const NodeId first = load().identity.id;
  become("ffffffffffffffff0123456789abcdef");
  ::chmod(dir_.path().c_str(), 0755);  // for nobody, whom ReadOnlyDir becomes
  if (::geteuid() == 0) {
    ASSERT_EQ(::chown(key_file().c_str(), 65534, 65534), 0);
  }
  {
    const ReadOnlyDir read_only(dir_.file("state"));
    if (!read_only.effective()) GTEST_SKIP() << "cannot make a folder read-only here";
    const Credentials copied = load();
    EXPECT_NE(copied.identity.id, first);
    EXPECT_FALSE(copied.kept);
  }
}

TEST_F(CredentialsTest, ThatOthersCanReadAreClosedToThemAndSaidSo) {
  const NodeId first = load().identity.id;
  ::chmod(key_file().c_str(), 0644);
  const std::string network_key = dir_.file("network.key");
  write_text(network_key, "00112233445566778899aabbccddeeff\n", 0640);
  Credentials closed = load();
  EXPECT_EQ(closed.identity.id, first);
  EXPECT_TRUE(add_network_key(closed, network_key));
  EXPECT_TRUE(closed.network_key);
  EXPECT_EQ(mode_of(key_file()), 0600U);
  EXPECT_EQ(mode_of(network_key), 0600U);
  ASSERT_EQ(closed.warnings.size(), 2U);
  EXPECT_NE(closed.warnings[0].find("node.key holds a secret and others had access to it (mode "
                                    "0644); it is 0600 now"),
            std::string::npos);
  EXPECT_EQ(load().warnings.size(), 0U);
}

TEST_F(CredentialsTest, ThatOthersCanReadAndThatAreNotOursAreRefusedWithTheCommand) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  load();
  ::chmod(key_file().c_str(), 0644);
  ASSERT_EQ(::chown(key_file().c_str(), 65534, 65534), 0);
  const Result<Credentials> refused = load_credentials(settings_);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().find("run 'chmod 600 " + key_file() + "'"), std::string::npos);
}

TEST_F(CredentialsTest, OfARunningNodeAreRefused) {
  const Result<Credentials> first = load_credentials(settings_);
  ASSERT_TRUE(first) << first.error();
  const Result<Credentials> second = load_credentials(settings_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.code(), ErrorCode::refused);
  EXPECT_TRUE(second.error().starts_with("credential_dir " + dir_.file("state") + " is in use by "))
      << second.error();
}

// systemd: LoadCredential=keys:/etc/dsn/keys, a folder of which the files get the prefix "keys_".
TEST_F(CredentialsTest, TakeTheKeyThatTheServiceManagerHandsOver) {
  const std::string key = "/etc/dsn/keys/dsn-unit-test.key";
  Credentials credentials = load();
  std::filesystem::create_directory(dir_.file("handed"));
  write_text(dir_.file("handed/keys_dsn-unit-test.key"), "00112233445566778899aabbccddeeff\n",
             0400);
  ASSERT_EQ(::setenv("CREDENTIALS_DIRECTORY", dir_.file("handed").c_str(), 1), 0);
  EXPECT_TRUE(add_network_key(credentials, key));
  EXPECT_TRUE(credentials.network_key);
  EXPECT_FALSE(add_network_key(credentials, "/etc/dsn/other/dsn-unit-test.key"));
  ASSERT_EQ(::unsetenv("CREDENTIALS_DIRECTORY"), 0);
  const Result<void> none = add_network_key(credentials, key);
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().find("dsn key new --out /etc/dsn/keys/dsn-unit-test.key"),
            std::string::npos)
      << none.error();
}

}  // namespace
}  // namespace dsn::node
