// SPDX-License-Identifier: Apache-2.0
// What docs/ says of the keys is what the table says. With DSN_WRITE_GOLDEN in the environment it
// is written anew.
#include "config/reference.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace dsn::config {
namespace {

const std::string kDocs = DSN_SOURCE_ROOT "/docs/";

std::string document(const std::string& name) {
  std::stringstream text;
  text << std::ifstream(kDocs + name).rdbuf();
  return text.str();
}

void expect_file(const std::string& name, const std::string& text) {
  if (std::getenv("DSN_WRITE_GOLDEN") != nullptr) std::ofstream(kDocs + name) << text;
  EXPECT_EQ(document(name), text) << "docs/" << name << " is not what the table of keys says";
}

TEST(Reference, IsTheSchemaForEditors) { expect_file("agent.schema.json", json_schema()); }

TEST(Reference, IsTheManualPage) { expect_file("man/dsn-agent.yaml.5", man_page()); }

/// Puts `table` after the comment; false if there is none.
bool place(std::string& text, const std::string& comment, const std::string& table) {
  const std::string marker = "<!-- " + comment + " -->\n";
  const std::size_t at = text.find(marker);
  if (at == std::string::npos) return false;
  const std::size_t begin = at + marker.size();
  const std::size_t end = text[begin] == '|' ? text.find("\n\n", begin) + 1 : begin;
  text.replace(begin, end - begin, table);
  return true;
}

// Each table stands after a comment that names its scope.
TEST(Reference, IsTheTablesOfTheDocumentation) {
  std::string text = document("configuration.md");
  std::vector<KeyScope> seen;
  std::string web = document("web.md");
  std::string record = document("record.md");
  std::string mqtt = document("mqtt.md");
  for (const KeyInfo& key : key_table()) {
    if (std::ranges::find(seen, key.scope) != seen.end()) continue;
    seen.push_back(key.scope);
    const std::string comment = "keys: " + scope_name(key.scope);
    const bool is_mqtt = key.scope == KeyScope::mqtt || key.scope == KeyScope::mqtt_command;
    std::string& of_scope = key.scope == KeyScope::web      ? web
                            : key.scope == KeyScope::record ? record
                            : is_mqtt                       ? mqtt
                                                            : text;
    EXPECT_TRUE(place(of_scope, comment, markdown_table(key.scope)))
        << "no <!-- " << comment << " -->";
  }
  EXPECT_TRUE(place(text, "presets", markdown_list("presets")));
  EXPECT_TRUE(place(text, "boards", markdown_list("boards")));
  expect_file("configuration.md", text);
  expect_file("web.md", web);
  expect_file("record.md", record);
  expect_file("mqtt.md", mqtt);
}

}  // namespace
}  // namespace dsn::config
