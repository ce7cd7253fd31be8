// SPDX-License-Identifier: Apache-2.0
#include "config/key_hints.hpp"

#include <gtest/gtest.h>

namespace dsn::config {
namespace {

std::string sensor_hint(std::string_view name) {
  return unknown_key_hint(name, KeyScope::sensor, std::nullopt);
}

TEST(KeyHints, NameTheKeyThatOtherProgramsCallSo) {
  EXPECT_EQ(sensor_hint("interval"), " (did you mean 'every'?)");
  EXPECT_EQ(sensor_hint("deadband"), " (did you mean 'delta'?)");
}

TEST(KeyHints, NameTheKeyThatIsMistyped) {
  EXPECT_EQ(sensor_hint("evry"), " (did you mean 'every'?)");
}

TEST(KeyHints, NameThePlaceOfAKeyThatStandsElsewhere) {
  EXPECT_EQ(sensor_hint("node_id"), ": it belongs to the top of the file");
  EXPECT_EQ(unknown_key_hint("precision", KeyScope::agent, std::nullopt),
            ": it belongs into a sensor, beside its driver");
}

TEST(KeyHints, ListWhatIsKnownIfNothingElseHelps) {
  EXPECT_TRUE(sensor_hint("xylophone").starts_with("; known here: ")) << sensor_hint("xylophone");
}

}  // namespace
}  // namespace dsn::config
