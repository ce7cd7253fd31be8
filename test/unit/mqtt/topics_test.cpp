// SPDX-License-Identifier: Apache-2.0
#include "mqtt/topics.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace dsn::mqtt {
namespace {

// Every text of up to two of these, and a few more.
std::set<std::string> hostile_texts() {
  const std::string alphabet{"aA1_-%/+#.~$ \x00\x01\x7f\xc3\xbc", 18};
  std::set<std::string> texts{"dsn", "--", "-2d", "%2f", "%2F", "a--b", "a/b", "a-2f", "\xff\xfe"};
  for (const char first : alphabet) {
    texts.insert(std::string(1, first));
    for (const char second : alphabet) texts.insert({first, second});
  }
  return texts;
}

TEST(Topics, DifferentTextsHaveDifferentLevels) {
  const std::set<std::string> texts = hostile_texts();
  std::set<std::string> levels;
  std::set<std::string> identifiers;
  for (const std::string& text : texts) {
    const std::string level = topic_level(text);
    EXPECT_EQ(level.find_first_of(std::string("+#/$ \0", 6)), std::string::npos) << level;
    EXPECT_EQ(text_of_level(level), text);
    levels.insert(level);
    const std::string id = identifier(text);
    EXPECT_EQ(
        id.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"),
        std::string::npos)
        << id;
    identifiers.insert(id);
  }
  EXPECT_EQ(levels.size(), texts.size());
  EXPECT_EQ(identifiers.size(), texts.size());
}

TEST(Topics, ATextHasOneLevelOnly) {
  for (const char* other : {"%41", "%2B", "%2", "%", "%zz", "a b", "a/b", "+", "%+1"}) {
    EXPECT_EQ(text_of_level(other), std::nullopt) << other;
  }
}

TEST(Topics, AReadingIsFoundAgain) {
  const Topics topics("dsn");
  const ReadingTopic name{"attic.esp1", "room/temp+erature"};
  EXPECT_EQ(topics.reading(name), "dsn/readings/attic.esp1/room/temp%2berature");
  EXPECT_EQ(topics.reading_of(topics.reading(name)), name);
  EXPECT_EQ(topics.node_of(topics.node("attic")), "attic");
  EXPECT_EQ(topics.offer_of(topics.offer("light")), "light");
  EXPECT_EQ(topics.command_of(topics.command("light")), "light");
}

TEST(Topics, OfOthersAreNone) {
  const Topics topics("dsn");
  for (const char* other :
       {"dsn/readings/attic", "dsn/readings/attic/", "dsn/readings//a", "dsn2/readings/attic/a",
        "dsn/readings/attic/a//b", "dsn/readings/attic/%2f", "dsn/nodes/attic"}) {
    const auto found = topics.reading_of(other);
    // An empty name of a node is one that nothing has, and is read back as such.
    if (found) {
      EXPECT_EQ(found->node, "") << other;
    }
  }
  EXPECT_EQ(topics.node_of("dsn/nodes/a/b"), std::nullopt);
  EXPECT_EQ(topics.command_of("dsn/offers/a"), std::nullopt);
}

}  // namespace
}  // namespace dsn::mqtt
