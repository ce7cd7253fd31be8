// SPDX-License-Identifier: Apache-2.0
#include "web/lists.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "unit/web/samples.hpp"

namespace dsn::web {
namespace {

nlohmann::json readings(const Picture& picture, const ListQuery& query) {
  ReadingList list(picture.whole(), query, *find_format(""), kNow);
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

TEST_F(ListsTest, IsSenmlOrCsv) {
  const auto text = [this](std::string_view format) {
    ReadingList list(picture.whole(), {"barn", ""}, *find_format(format), kNow);
    return all_of(list);
  };
  const auto pack = nlohmann::json::parse(text("senml"), nullptr, false);
  ASSERT_EQ(pack.size(), 2U) << text("senml");
  EXPECT_EQ(pack[1]["n"], "barn/room/temperature");
  EXPECT_EQ(pack[1]["v"], 4);
  EXPECT_TRUE(text("csv").starts_with(
      "node,key,value,unit,age_ms,max_age_ms,status\nbarn,door,\"</script>\"\"\","))
      << text("csv");
  EXPECT_EQ(find_format("xml"), nullptr);
}

TEST_F(ListsTest, NothingIsAListToo) {
  for (const char* format : {"json", "senml"}) {
    ReadingList list(Picture().whole(), {}, *find_format(format), kNow);
    EXPECT_EQ(nlohmann::json::parse(all_of(list), nullptr, false), nlohmann::json::array());
  }
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
