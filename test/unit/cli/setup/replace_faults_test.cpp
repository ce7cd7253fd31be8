// SPDX-License-Identifier: Apache-2.0
// What disk_faults.hpp demands, of the key file that dsn join --replace puts another key into.
#include <gtest/gtest.h>

#include <filesystem>

#include "cli/setup/key_replacement.hpp"
#include "crypto/authority.hpp"
#include "support/disk_faults.hpp"

namespace dsn::cli {
namespace {

using namespace test;

class ReplaceFaults : public DiskFaultsTest {
 protected:
  void SetUp() override {
    DiskFaultsTest::SetUp();
    authority_ = crypto::create_authority().value();
    old_.authority = crypto::authority_hash(authority_);
    other_.key.key.mutable_view()[0] = 9;
    old_id_ = network_id_of(old_).value();
    key_ = dir_ / "k1.key";
    config_ = elsewhere_.write(
        "agent.yaml", "aes_key_file: " + key_ + "\ncredential_dir: " + elsewhere_.path() + "\n");
    ASSERT_TRUE(crypto::store_network_key(key_, old_));
    ASSERT_TRUE(crypto::store_authority(dir_ / "authority.key", authority_));
  }

  Result<void> replace() {
    const auto replacement = KeyReplacement::begin(config_);
    if (!replacement) return replacement.failure();
    const auto done = replacement->replace_with(other_);
    return done ? Result<void>() : done.failure();
  }
  /// Which key the node would start with, if the old key and its authority are kept as well.
  std::string load() {
    const auto key = crypto::load_network_key(key_);
    if (!key) return key.error();
    const bool is_old = key->authority == old_.authority;
    if (!is_old && !crypto::load_network_key(key_ + ".of-" + old_id_)) return "the old key is lost";
    const std::string authority = dir_ / "authority.key";
    const bool moved = !std::filesystem::exists(authority);
    if (!crypto::load_authority(moved ? authority + ".of-" + old_id_ : authority)) {
      return "the authority is lost";
    }
    return is_old || !moved ? kOld : kNew;
  }

  TempDir elsewhere_;
  std::string config_;
  std::string key_;
  crypto::Identity authority_;
  crypto::NetworkAccess old_;
  std::string old_id_;
  crypto::NetworkAccess other_;
};

TEST_F(ReplaceFaults, LeaveTheOldKeyOrTheNewOneAndLoseNeither) {
  run({kOld, disk_.read(), [&] { return replace(); }, [&] { return load(); }, 3});
}

}  // namespace
}  // namespace dsn::cli
