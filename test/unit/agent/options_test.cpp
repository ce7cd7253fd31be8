// SPDX-License-Identifier: Apache-2.0
#include "agent/options.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dsn::agent {
namespace {

Result<Options> parse(std::vector<std::string> words) {
  words.insert(words.begin(), "dsn-agent");
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  return parse_options(static_cast<int>(words.size()), argv.data());
}

TEST(Options, HaveDefaults) {
  const auto options = parse({});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->config, "/etc/dsn/agent.yaml");
  EXPECT_TRUE(options->socket.empty());
}

TEST(Options, AreReadInEachForm) {
  const auto options = parse({"--config", "a.yaml", "-s", "x.sock", "--check"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->config, "a.yaml");
  EXPECT_EQ(options->socket, "x.sock");
  EXPECT_TRUE(options->check);
  EXPECT_EQ(parse({"--system-root", "/host"})->system_root, "/host");
  EXPECT_TRUE(parse({"--adopt"})->adopt);
  EXPECT_TRUE(parse({"--help"})->help);
  EXPECT_TRUE(parse({"-V"})->version);
}

TEST(Options, NameWhatIsWrong) {
  EXPECT_EQ(parse({"--confg", "x"}).error(), "unknown option '--confg'");
  EXPECT_EQ(parse({"--config"}).error(), "option '--config' needs a value");
  EXPECT_EQ(parse({"agent.yaml"}).error(), "unexpected argument 'agent.yaml'");
}

}  // namespace
}  // namespace dsn::agent
