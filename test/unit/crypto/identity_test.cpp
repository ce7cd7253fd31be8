// SPDX-License-Identifier: Apache-2.0
#include "crypto/identity.hpp"

#include <gtest/gtest.h>

#include <string>

#include "crypto/entropy.hpp"
#include "support/temp_dir.hpp"

namespace dsn::test {

using namespace core;
using namespace crypto;

namespace {

constexpr const char* kPrivate = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";

class IdentityTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(initialise_crypto()); }

  // A key file with these lines and the checksum that belongs to them.
  void write_checked(const std::string& lines) {
    const Digest256 digest = sha256(as_bytes(lines));
    write_text(path_, lines + "check " + to_hex(ByteView(digest).first(8)) + '\n');
  }
  // Why the file is not loaded. Checks on the way that it stays and shows no secret.
  std::string refusal() {
    const std::string before = text_of(path_);
    const Result<Identity> result = load_or_create_identity(dir_.path());
    EXPECT_FALSE(result);
    EXPECT_EQ(text_of(path_), before) << "never replaced";
    if (result.ok()) return {};
    EXPECT_EQ(result.error().find("c9afa9"), std::string::npos) << result.error();
    EXPECT_NE(result.error().find(path_), std::string::npos) << result.error();
    return result.error();
  }

  TempDir dir_;
  std::string path_ = identity_path(dir_.path());
};

TEST_F(IdentityTest, IsCreatedOnceAndKept) {
  const Identity first = load_or_create_identity(dir_.path()).value();
  EXPECT_EQ(mode_of(path_), 0600U);
  EXPECT_EQ(dir_.file_count(), 1U);
  const Identity again = load_or_create_identity(dir_.path()).value();
  EXPECT_EQ(first.id, again.id);
  EXPECT_EQ(first.public_key, again.public_key);
  EXPECT_EQ(to_hex(first.private_key.view()), to_hex(again.private_key.view()));
  EXPECT_EQ(first.id, node_id_of(first.public_key));
}

TEST_F(IdentityTest, InMemoryIsNewEachTime) {
  EXPECT_NE(create_identity()->id, create_identity()->id);
  EXPECT_EQ(dir_.file_count(), 0U);
}

TEST_F(IdentityTest, IsTheHashOfThePublicKey) {
  PublicKey public_key{};
  EXPECT_EQ(node_id_of(public_key).hex(), to_hex(sha256(public_key)).substr(0, 32));
}

// Golden bytes: node.key of version 1 must stay readable. The checksum is of Python's hashlib.
TEST_F(IdentityTest, HasAStableFile) {
  const std::string lines =
      "# Secret key of a DSN node. Never copy it to another machine.\n"
      "version 1\n"
      "private " +
      std::string(kPrivate) + '\n';
  write_checked(lines);
  const std::string golden = text_of(path_);
  const Identity identity = load_or_create_identity(dir_.path()).value();
  EXPECT_EQ(to_hex(identity.public_key).substr(0, 18), "0460fed4ba255a9d31");
  ASSERT_TRUE(save_identity(dir_.path(), identity));
  EXPECT_EQ(text_of(path_), golden);
  EXPECT_EQ(golden, lines + "check 0bc90af53cf9d364\n");
}

TEST_F(IdentityTest, IgnoresWordsOfLaterVersions) {
  write_checked("version 1\n\n# comment\nmachine 0123\nword\nprivate " + std::string(kPrivate) +
                '\n');
  EXPECT_TRUE(load_or_create_identity(dir_.path()));
}

TEST_F(IdentityTest, KeepsTheMarksOfItsMachine) {
  Identity identity = create_identity().value();
  identity.machine = {MachineMark{MachineSource::serial}, MachineMark{MachineSource::os}};
  ASSERT_TRUE(save_identity(dir_.path(), identity));
  EXPECT_EQ((*load_identity(dir_.path()))->machine, identity.machine);
}

TEST_F(IdentityTest, TakesTheFirstMarkOfEachSource) {
  const std::string zeros(32, '0');
  const std::string ones(32, '1');
  std::string lines = "version 1\nprivate " + std::string(kPrivate) + '\n';
  for (int i = 0; i < 40; ++i)
    lines += "machine os " + zeros + ' ' + (i == 0 ? zeros : ones) + '\n';
  write_checked(lines);
  const Identity identity = load_identity(dir_.path())->value();
  EXPECT_EQ(identity.machine, std::vector{MachineMark{MachineSource::os}});
}

TEST_F(IdentityTest, IsNeverReplacedByANewOne) {
  const Identity first = load_or_create_identity(dir_.path()).value();
  const Result<void> second = save_new_identity(dir_.path(), create_identity().value());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error(), "cannot create " + path_ + ": File exists");
  EXPECT_EQ((*load_identity(dir_.path()))->id, first.id);
  EXPECT_EQ(dir_.file_count(), 1U);
}

TEST_F(IdentityTest, RefusesDamagedFiles) {
  const std::string valid = "version 1\nprivate " + std::string(kPrivate) + '\n';
  struct Row {
    const char* reason;
    std::string lines;
  };
  for (const Row& row :
       {Row{"version that this program does not know",
            "version 2\nprivate " + std::string(kPrivate) + '\n'},
        Row{"version that this program does not know", "private " + std::string(kPrivate) + '\n'},
        Row{"no private key", "version 1\n"}, Row{"no private key", "version 1\nprivate c9af\n"},
        Row{"no private key", "version 1\nprivate " + std::string(64, 'x') + '\n'},
        Row{"private key is not valid", "version 1\nprivate " + std::string(64, '0') + '\n'},
        Row{"private key is not valid", "version 1\nprivate " + std::string(64, 'f') + '\n'}}) {
    write_checked(row.lines);
    EXPECT_NE(refusal().find(row.reason), std::string::npos) << row.reason;
  }
  for (const std::string& garbage :
       {std::string("garbage"), std::string("\n"), std::string(100, '\0'), std::string("check \n"),
        valid, valid + "check ", valid + "check 0000000000000000\n"}) {
    write_text(path_, garbage);
    EXPECT_NE(refusal().find("is damaged"), std::string::npos);
  }
  write_text(path_, "");
  EXPECT_NE(refusal().find("it is empty"), std::string::npos);
  write_text(path_, std::string(5000, 'x'));
  EXPECT_NE(refusal().find("more than 4096 bytes"), std::string::npos);
}

TEST_F(IdentityTest, NoticesEveryLostOrChangedByte) {
  ASSERT_TRUE(load_or_create_identity(dir_.path()));
  const std::string whole = text_of(path_);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    write_text(path_, whole.substr(0, size));
    ASSERT_FALSE(load_identity(dir_.path())) << size;
  }
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string changed = whole;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    write_text(path_, changed);
    ASSERT_FALSE(load_identity(dir_.path())) << i;
  }
  write_text(path_, whole);
  EXPECT_TRUE(load_identity(dir_.path())->has_value());
}

// protocol.md [key-private]
TEST_F(IdentityTest, MustBeItsOwnersOnly) {
  ASSERT_TRUE(load_or_create_identity(dir_.path()));
  ::chmod(path_.c_str(), 0640);
  EXPECT_EQ(refusal(), path_ +
                           " holds a secret but others have access to it (mode 0640): run "
                           "'chmod 600 " +
                           path_ + "'");
  ::chmod(path_.c_str(), 0400);
  EXPECT_TRUE(load_or_create_identity(dir_.path()));
}

TEST_F(IdentityTest, CreatesItsDirectoryButNotThoseAbove) {
  const std::string directory = dir_.file("credentials");
  ASSERT_TRUE(load_or_create_identity(directory));
  EXPECT_EQ(mode_of(directory), 0700U);
  const Result<Identity> deeper = load_or_create_identity(dir_.file("a/b"));
  ASSERT_FALSE(deeper);
  EXPECT_EQ(deeper.error(),
            "cannot create the folder " + dir_.file("a/b") + ": No such file or directory");
}

// The agent then goes on with create_identity().
TEST_F(IdentityTest, SaysThatTheDiskIsReadOnly) {
  const ReadOnlyDir read_only(dir_.path());
  if (!read_only.effective()) GTEST_SKIP() << "cannot make a folder read-only here";
  EXPECT_FALSE(load_identity(dir_.path())->has_value());
  const Result<Identity> result = load_or_create_identity(dir_.path());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error(), "cannot create " + path_ + ": Permission denied");
  EXPECT_FALSE(std::filesystem::exists(path_));
}

}  // namespace
}  // namespace dsn::test
