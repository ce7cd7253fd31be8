// SPDX-License-Identifier: Apache-2.0
// dsn join --replace: a node moves into another network, and back.
#include <gtest/gtest.h>

#include <filesystem>

#include "support/temp_dir.hpp"
#include "unit/cli/program.hpp"

namespace dsn::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kOtherInvite = "DSN1-000G-40R4-0M30-E209-185G-R38E-1X3B-5C81\n";

class Replace : public testing::Test {
 protected:
  Replace() { fs::create_directories(root_); }

  ProgramResult run(std::vector<std::string> arguments, const std::string& input = {}) {
    arguments.insert(arguments.begin(), "dsn");
    ProgramRun run{.arguments = std::move(arguments),
                   .environment = {"STATE_DIRECTORY=" + state_, "NO_COLOR=1"}};
    run.input = input;
    return run_program(run);
  }
  ProgramResult init(const std::string& config) {
    return run({"init", "--yes", "--config", config, "--name", "attic", "--system-root", root_});
  }
  ProgramResult replace(const std::string& invite, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"join",  "--replace",     "--yes", "--config",
                                          config_, "--system-root", root_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(std::move(arguments), invite);
  }
  std::string invite(const std::string& config) {
    return run({"key", "invite", "--config", config}).out;
  }
  /// The only file beside the key file whose name begins so.
  std::string kept(const std::string& name) {
    std::string found;
    for (const auto& entry : fs::directory_iterator(keys_)) {
      if (!entry.path().filename().string().starts_with(name + ".of-")) continue;
      EXPECT_EQ(found, "");
      found = entry.path().string();
    }
    return found;
  }

  test::TempDir folder_;
  std::string root_ = folder_ / "root";
  std::string state_ = folder_ / "state";
  std::string config_ = folder_ / "etc/agent.yaml";
  std::string keys_ = folder_ / "etc/keys";
  std::string key_ = keys_ + "/k1.key";
};

TEST_F(Replace, MovesANodeThatWasSetUpAsTheFirstOneAndBack) {
  ASSERT_EQ(init(config_).exit_code, 0);
  const std::string config = test::text_of(config_);
  const std::string own = test::text_of(key_);
  const std::string authority = test::text_of(keys_ + "/authority.key");
  const std::string other = folder_ / "other/agent.yaml";
  ASSERT_EQ(init(other).exit_code, 0);
  const std::string wanted = invite(other);

  const ProgramResult refused = run({"join", "--yes", "--config", config_}, wanted);
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.err.find("sudo dsn join --replace --config " + config_), std::string::npos)
      << refused.err;

  const ProgramResult moved = replace(wanted);
  ASSERT_EQ(moved.exit_code, 0) << moved.err;
  EXPECT_EQ(invite(config_), wanted);
  EXPECT_EQ(test::mode_of(key_), 0600U);
  EXPECT_EQ(test::text_of(config_), config);
  const std::string old_key = kept("k1.key");
  EXPECT_EQ(test::text_of(old_key), own);
  EXPECT_EQ(test::text_of(kept("authority.key")), authority);
  EXPECT_FALSE(fs::exists(keys_ + "/authority.key"));
  EXPECT_NE(moved.out.find("dsn join --replace --key " + old_key), std::string::npos) << moved.out;
  EXPECT_EQ(moved.out.find(wanted.substr(0, 12)), std::string::npos) << "it is a secret";

  const ProgramResult again = replace(wanted);
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_NE(again.out.find("this node has this key already"), std::string::npos) << again.out;

  const ProgramResult back = replace("", {"--key", old_key});
  EXPECT_EQ(back.exit_code, 0) << back.err;
  EXPECT_EQ(test::text_of(key_), own);
  EXPECT_EQ(test::text_of(keys_ + "/authority.key"), authority) << "it came back with its key";
}

TEST_F(Replace, KeepsTheNewestKeyThatTheNodeWasGiven) {
  ASSERT_EQ(init(config_).exit_code, 0);
  const std::string own = test::text_of(key_);
  const std::string ring = state_ + "/network.keys";
  ASSERT_FALSE(fs::exists(ring));
  test::write_text(ring, "damaged");
  EXPECT_EQ(replace(kOtherInvite).exit_code, 0) << "a ring that cannot be read is not needed";
  EXPECT_EQ(test::text_of(kept("k1.key")), own);
}

TEST_F(Replace, SaysWhereWhyAndWhatNext) {
  const ProgramResult no_config = replace(kOtherInvite);
  EXPECT_EQ(no_config.exit_code, 1);
  EXPECT_NE(no_config.err.find(config_), std::string::npos) << no_config.err;

  folder_.write("etc/agent.yaml", "node_id: attic\n");
  const ProgramResult no_key = replace(kOtherInvite);
  EXPECT_EQ(no_key.err, "dsn: " + config_ +
                            " names no network key, so there is none to replace: sudo dsn join\n");

  folder_.write("etc/agent.yaml", "aes_key: 00112233445566778899aabbccddeeff\n");
  const ProgramResult in_it = replace(kOtherInvite);
  EXPECT_NE(in_it.err.find("write 'aes_key_file: keys/k1.key' in its place"), std::string::npos)
      << in_it.err;

  folder_.write("etc/agent.yaml",
                "aes_key_file: keys/k1.key\naes_key_next: 00112233445566778899aabbccddeeff\n");
  EXPECT_NE(replace(kOtherInvite).err.find("(aes_key_next): remove it"), std::string::npos);

  folder_.write("etc/agent.yaml", "aes_key_file: keys/k1.key\n");
  folder_.write("etc/keys/k1.key", "no key");
  const ProgramResult damaged = replace(kOtherInvite);
  EXPECT_NE(damaged.err.find("move it away, and run the command again"), std::string::npos)
      << damaged.err;
  fs::remove(key_);
  EXPECT_EQ(replace("DSN1-0000\n").exit_code, 1);
  EXPECT_FALSE(fs::exists(key_));
  EXPECT_EQ(replace(kOtherInvite).exit_code, 0) << "a key file that is lost is made again";
  EXPECT_EQ(invite(config_), kOtherInvite);
  EXPECT_EQ(kept("k1.key"), "");
}

TEST_F(Replace, IsNoWordOfOtherCommandsAndNeedsNoName) {
  EXPECT_EQ(replace(kOtherInvite, {"--name", "other"}).exit_code, 2);
  EXPECT_EQ(run({"join", "--key", "file"}).exit_code, 2);
}

}  // namespace
}  // namespace dsn::cli
