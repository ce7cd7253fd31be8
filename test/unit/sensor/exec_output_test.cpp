// SPDX-License-Identifier: Apache-2.0
#include "sensor/exec_output.hpp"

#include "tree.hpp"

namespace dsn::sensor {
namespace {

class ExecOutput : public Tree {
 protected:
  [[nodiscard]] std::string parsed(std::string_view output) const {
    return show(parse_output(output));
  }
};

TEST_F(ExecOutput, IsOneValueOfItsFirstLine) {
  EXPECT_EQ(parsed("42\n"), "42");
  EXPECT_EQ(parsed("\n 21.5 \r\nand more\n"), "21.5");
  EXPECT_EQ(parsed("true\n"), "true");
  EXPECT_EQ(parsed("false"), "false");
  EXPECT_EQ(parsed("\"a \\u00e4 {b}\"\n"), "'a \xc3\xa4 {b}'");
  EXPECT_EQ(parsed("\"half quoted\n"), "'\"half quoted'");
  EXPECT_EQ(parsed("open window\n"), "'open window'");
  EXPECT_EQ(parsed("[1, 2]\n"), "'[1, 2]'");
  EXPECT_EQ(parsed("1,5\n"), "'1,5'");
}

TEST_F(ExecOutput, IsAValueForEachMemberOfAnObject) {
  EXPECT_EQ(parsed("{\"load\": 12.5, \"on_battery\": false,\n\"text\": \"x\", \"none\": null,"
                   " \"a/b\": -3, \"big\": 18446744073709551615}\n"),
            "a/b=-3, big=18446744073709551616, load=12.5, none=null, on_battery=false, text='x'");
}

TEST_F(ExecOutput, MakesKeysOfTheNamesOfOthers) {
  EXPECT_EQ(parsed("{\"Temperature\": 21.5, \"1-0:1.8.0\": 7, \"a b\": 1}"),
            "x1_0_1_8_0=7, temperature=21.5, a_b=1");
  EXPECT_EQ(parsed("{\"A\": 1, \"a\": 2, \"\": 3}"), "a=1");
}

TEST_F(ExecOutput, IsRefusedWithTheCause) {
  EXPECT_EQ(parsed(""), "printed nothing");
  EXPECT_EQ(parsed(" \n\n"), "printed nothing");
  EXPECT_EQ(parsed("{}"), "printed a JSON object without members");
  EXPECT_EQ(parsed("{\"a\": 1"), "printed what begins with '{' but is no JSON object: '{\"a\": 1'");
  EXPECT_EQ(parsed("{\"a\": 1}\n{\"b\": 2}"),
            "printed what begins with '{' but is no JSON object: '{\"a\": 1}'");
  for (const char* name : {"", "/a", "a/", "a//b", "-"}) {
    EXPECT_TRUE(parsed("{\"" + std::string(name) + "\": 1}")
                    .ends_with("names are made of a-z, 0-9 and '_', in parts separated by '/'"))
        << name;
  }
  for (const char* value : {"[1]", "{\"b\": 1}"}) {
    EXPECT_EQ(parsed("{\"a\": " + std::string(value) + ", \"t\": 21.5}"), "a=error, t=21.5");
  }
  std::string many = "{\"m\": 0";
  for (int i = 0; i < 64; ++i) many += ", \"m" + std::to_string(i) + "\": 0";
  EXPECT_EQ(parsed(many + "}"), "printed a JSON object of more than 64 members");
  EXPECT_EQ(parsed(std::string(1025, 'x')), "printed a line of more than 1024 bytes");
  EXPECT_TRUE(parsed("{" + std::string(60'000, '[')).starts_with("printed what begins with '{'"));
}

}  // namespace
}  // namespace dsn::sensor
