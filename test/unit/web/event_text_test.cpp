// SPDX-License-Identifier: Apache-2.0
#include "web/event_text.hpp"

#include <gtest/gtest.h>

#include "unit/web/samples.hpp"

namespace dsn::web {
namespace {

TEST(EventText, AWholeBeginsAnewAndEndsReady) {
  Picture picture;
  picture.set_connected(kNow);
  Reading told = reading("attic", "load", Value::real(1));
  told.unit = "Cel";
  picture.put(told, kNow);
  const std::string text = event_text(picture.whole(), "run-7", kNow);
  EXPECT_TRUE(text.starts_with("event: whole\n")) << text;
  EXPECT_NE(text.find("\"unit_text\":\"°C\""), std::string::npos) << text;
  EXPECT_NE(text.find("\"trend\":[[0,1.0]]"), std::string::npos) << text;
  EXPECT_TRUE(text.ends_with("event: ready\nid: run-7\ndata: {}\n\n")) << text;
}

TEST(EventText, AChangeHasNoTrend) {
  Picture picture;
  picture.put(reading("attic", "load", Value::real(1)), kNow);
  const std::string text = event_text(picture.changes(0, std::chrono::milliseconds(0)), "x", kNow);
  EXPECT_EQ(text.find("whole"), std::string::npos) << text;
  EXPECT_NE(text.find("event: reading\n"), std::string::npos) << text;
  EXPECT_EQ(text.find("trend"), std::string::npos) << text;
}

TEST(EventText, ATextOfAnotherNodeMakesNoEventOfItsOwn) {
  Picture picture;
  picture.put(reading("attic", "note", Value::text("x\n\nevent: gone\ndata: {}\n\n")), kNow);
  const std::string text = event_text(picture.whole(), "x", kNow);
  EXPECT_EQ(text.find("\nevent: gone"), std::string::npos) << text;
}

TEST(EventText, SaysWhatIsGone) {
  Picture picture;
  picture.put_nodes({node("attic")}, kNow);
  picture.put(reading("attic", "note", Value::integer(1)), kNow);
  const std::uint64_t seen = picture.whole().sequence;
  picture.remove("id-attic", "note");
  picture.put_nodes({}, kNow);
  const std::string text =
      event_text(picture.changes(seen, std::chrono::milliseconds(0)), "x", kNow);
  EXPECT_NE(text.find(R"(data: {"node_id":"id-attic","key":"note"})"), std::string::npos) << text;
  EXPECT_NE(text.find(R"(data: {"node_id":"id-attic"})"), std::string::npos) << text;
}

}  // namespace
}  // namespace dsn::web
