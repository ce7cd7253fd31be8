// SPDX-License-Identifier: Apache-2.0
#include "embedded/node_config.hpp"

#include <gtest/gtest.h>

#include "crypto/entropy.hpp"
#include "support/temp_dir.hpp"

namespace dsn::embedded {

using namespace test;

namespace {

class NodeConfig : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(crypto::initialise_crypto());
    config_.file = "/etc/dsn/agent.yaml";
    config_.credential_dir = dir_.file("state");
  }
  Result<node::Credentials> load() {
    Result<node::Credentials> loaded = load_credentials(config_, dir_.path(), false);
    if (loaded) loaded->lock.release();
    return loaded;
  }

  TempDir dir_;
  config::Config config_;
};

TEST_F(NodeConfig, HandsOnWhatTheNodeRunsBy) {
  config_.node_id = "attic";
  config_.port = 7;
  config_.network_ip = "10.0.0.1";
  config_.interfaces = {"eth0"};
  config_.multicast = false;
  config_.bootstrap_nodes = {{"coop", 8}, {"shed", 9}};
  config_.whitelist_node_ids = {"coop"};
  const node::NodeSettings settings = node_settings(config_);
  EXPECT_EQ(settings.name, "attic");
  EXPECT_EQ(settings.port, 7);
  EXPECT_EQ(settings.network_ip, "10.0.0.1");
  EXPECT_EQ(settings.interfaces, config_.interfaces);
  EXPECT_FALSE(settings.multicast);
  EXPECT_EQ(settings.bootstrap_nodes, (std::vector<node::BootstrapNode>{{"coop", 8}, {"shed", 9}}));
  EXPECT_EQ(settings.whitelist, config_.whitelist_node_ids);
}

TEST_F(NodeConfig, TakesTheKeyFromTheFileUnlessItStandsInTheConfiguration) {
  const Result<node::Credentials> none = load();
  ASSERT_TRUE(none) << none.error();
  EXPECT_FALSE(none->network_key);

  config_.aes_key_file = dir_.file("network.key");
  write_text(config_.aes_key_file, "00112233445566778899aabbccddeeff\n", 0600);
  const Result<node::Credentials> from_file = load();
  ASSERT_TRUE(from_file && from_file->network_key);
  EXPECT_EQ(from_file->network_key->key.key.view()[15], 0xff);

  config_.aes_key = crypto::NetworkKey();
  config_.aes_key_file = dir_.file("missing.key");
  const Result<node::Credentials> from_configuration = load();
  ASSERT_TRUE(from_configuration && from_configuration->network_key);
  EXPECT_EQ(from_configuration->network_key->key.key.view()[15], 0);
}

TEST_F(NodeConfig, NamesTheFileAndTheKeyOfTheConfigurationIfThereIsNoKey) {
  config_.aes_key_file = dir_.file("missing.key");
  const Result<node::Credentials> missing = load();
  ASSERT_FALSE(missing);
  EXPECT_TRUE(missing.error().starts_with("/etc/dsn/agent.yaml: aes_key_file: "))
      << missing.error();
}

}  // namespace
}  // namespace dsn::embedded
