// SPDX-License-Identifier: Apache-2.0
#include "web/lists.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "unit/web/samples.hpp"

namespace dsn::web {
namespace {

nlohmann::json readings(const Picture& picture, const ListQuery& query) {
  ReadingList list(picture.whole(), query, kNow);
  return nlohmann::json::parse(all_of(list), nullptr, false);
}

class ListsTest : public testing::Test {
 protected:
  ListsTest() {
    picture.put_nodes({node("attic"), node("barn")}, kNow);
    picture.put(reading("attic", "room/temperature", Value::real(21.5)), kNow);
    picture.put(reading("barn", "room/temperature", Value::real(4)), kNow);
    picture.put(reading("barn", "door", Value::text("</script>\"")), kNow);
  }
  Picture picture;
};

TEST_F(ListsTest, HasAllReadings) {
  const auto list = readings(picture, {});
  ASSERT_EQ(list.size(), 3U);
  EXPECT_EQ(list[1]["value"], "</script>\"");
}

TEST_F(ListsTest, TakesPatternsAndIds) {
  EXPECT_EQ(readings(picture, {"*", "room/*"}).size(), 2U);
  EXPECT_EQ(readings(picture, {"barn", ""}).size(), 2U);
  EXPECT_EQ(readings(picture, {"id-barn", "door"}).size(), 1U);
  EXPECT_EQ(readings(picture, {"shed", ""}).size(), 0U);
}

TEST_F(ListsTest, HasNodes) {
  const auto parsed = [this](const ListQuery& query) {
    return nlohmann::json::parse(node_list(picture.whole(), query, kNow), nullptr, false);
  };
  EXPECT_EQ(parsed({}).size(), 2U);
  EXPECT_EQ(parsed({"b*", ""})[0]["node"], "barn");
  EXPECT_EQ(parsed({"shed", ""}).size(), 0U);
}

}  // namespace
}  // namespace dsn::web
