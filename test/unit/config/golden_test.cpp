// SPDX-License-Identifier: Apache-2.0
// Bad configurations and the words for them: test/data/bad-config has NAME.yaml with NAME.txt, or,
// for several files, NAME/agent.yaml with NAME/expected.txt. With DSN_WRITE_GOLDEN in the
// environment the texts are written anew, to be read before they are committed.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "config/load.hpp"

namespace dsn::config {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = DSN_SOURCE_ROOT "/test/data/bad-config";

std::string content(const fs::path& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

/// The findings, with files named from the folder of the configuration.
std::string explained(const fs::path& configuration) {
  const std::string folder = configuration.parent_path().string() + "/";
  std::string text;
  for (const Finding& finding : load(configuration.string(), "/nowhere").errors) {
    text += finding.to_string() + '\n';
  }
  for (std::size_t at = 0; (at = text.find(folder)) != std::string::npos;) {
    text.erase(at, folder.size());
  }
  return text;
}

TEST(BadConfiguration, IsExplainedToTheLetter) {
  int count = 0;
  for (const auto& entry : fs::directory_iterator(kFolder)) {
    fs::path configuration = entry.path();
    fs::path golden = configuration;
    golden.replace_extension(".txt");
    if (entry.is_directory()) {
      golden = configuration / "expected.txt";
      configuration /= "agent.yaml";
    } else if (configuration.extension() != ".yaml") {
      continue;
    }
    ++count;
    const std::string text = explained(configuration);
    if (std::getenv("DSN_WRITE_GOLDEN") != nullptr) std::ofstream(golden) << text;
    EXPECT_NE(text, "") << configuration << " is good";
    EXPECT_EQ(text, content(golden)) << configuration;
    EXPECT_EQ(text.find("0011223344556677"), std::string::npos) << "a key is shown";
  }
  EXPECT_GE(count, 60);
}

}  // namespace
}  // namespace dsn::config
