// SPDX-License-Identifier: Apache-2.0
#include "config/web_file.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "support/temp_dir.hpp"

namespace dsn::config {
namespace {

class WebFileTest : public testing::Test {
 protected:
  LoadedWeb load(const std::string& text) {
    std::ofstream(path) << text;
    return load_web(path);
  }
  std::string first_error(const std::string& text) {
    const LoadedWeb result = load(text);
    if (result.findings.errors.empty()) return "no error";
    return result.findings.errors[0].to_string().substr(path.size() + 1);
  }
  test::TempDir folder;
  const std::string path = folder.path() + "/web.yaml";
};

TEST_F(WebFileTest, EveryKeyHasADefault) {
  const LoadedWeb result = load("");
  EXPECT_TRUE(result.findings.errors.empty());
  EXPECT_EQ(result.config.address, "127.0.0.1");
  EXPECT_EQ(result.config.port, 8173);
}

TEST_F(WebFileTest, TakesAllKeys) {
  const LoadedWeb result =
      load("address: 0.0.0.0\nport: 80\nhosts: [sensors.home]\ntoken_file: token\nclients: 5\n");
  ASSERT_TRUE(result.findings.errors.empty()) << result.findings.errors[0].to_string();
  EXPECT_EQ(result.config.address, "0.0.0.0");
  EXPECT_EQ(result.config.port, 80);
  EXPECT_EQ(result.config.hosts, std::vector<std::string>{"sensors.home"});
  EXPECT_EQ(result.config.token_file, folder.path() + "/token");
  EXPECT_EQ(result.config.clients, 5U);
}

TEST_F(WebFileTest, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(first_error("prot: 80\n"), "1:1: unknown key 'prot' (did you mean 'port'?)");
  EXPECT_NE(first_error("address: attic\n").find("1:10: 'address' must be an IPv4"),
            std::string::npos);
  EXPECT_NE(first_error("port: 70000\n").find("1:7:"), std::string::npos);
  EXPECT_NE(first_error("- a\n").find("must be a mapping"), std::string::npos);
  EXPECT_NE(first_error("hosts: [[a]]\n").find("a host must be"), std::string::npos);
}

TEST_F(WebFileTest, AFileThatIsNamedMustBeThere) {
  const LoadedWeb result = load_web(folder.path() + "/none.yaml");
  ASSERT_EQ(result.findings.errors.size(), 1U);
  EXPECT_NE(result.findings.errors[0].to_string().find("No such file"), std::string::npos);
}

}  // namespace
}  // namespace dsn::config
