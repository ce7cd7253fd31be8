// SPDX-License-Identifier: Apache-2.0
#include "web/writes.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "support/temp_dir.hpp"

namespace dsn::web {
namespace {

class TokenTest : public testing::Test {
 protected:
  std::string write(const std::string& text, mode_t mode) {
    const std::string path = folder.path() + "/token";
    std::ofstream(path) << text;
    chmod(path.c_str(), mode);
    return path;
  }
  test::TempDir folder;
};

TEST_F(TokenTest, IsTheFirstLine) {
  const auto token = load_token(write("0123456789abcdef\nmore\n", 0600));
  ASSERT_TRUE(token.ok()) << token.error();
  EXPECT_EQ(*token, "0123456789abcdef");
}

TEST_F(TokenTest, MustBeSecretAndLong) {
  EXPECT_NE(load_token(write("0123456789abcdef\n", 0644)).error().find("chmod 600"),
            std::string::npos);
  EXPECT_NE(load_token(write("short\n", 0600)).error().find("16 characters"), std::string::npos);
  EXPECT_NE(load_token(folder.path() + "/none").error().find("make one"), std::string::npos);
}

TEST_F(TokenTest, IsAskedForWhole) {
  EXPECT_TRUE(has_token("Bearer 0123456789abcdef", "0123456789abcdef"));
  for (const char* given : {"", "Bearer ", "Bearer 0123456789abcde", "Bearer 0123456789abcdef0",
                            "Bearer 0123456789abcdef0123456789abcdef", "Basic 0123456789abcdef"}) {
    EXPECT_FALSE(has_token(given, "0123456789abcdef")) << given;
  }
}

TEST(Writes, NameWhatIsWrong) {
  EXPECT_EQ(set_key("/nowhere", "{").code(), ErrorCode::invalid_argument);
  EXPECT_NE(set_key("/nowhere", R"({"key":"a","valeu":1})").error().find("valeu"),
            std::string::npos);
  EXPECT_NE(set_key("/nowhere", R"({"key":"a","value":1,"hold":true})").error().find("ttl_ms"),
            std::string::npos);
  EXPECT_EQ(set_key("/nowhere", R"({"key":"a","value":1})").code(), ErrorCode::unreachable);
}

}  // namespace
}  // namespace dsn::web
