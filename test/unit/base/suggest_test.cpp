// SPDX-License-Identifier: Apache-2.0
#include "base/suggest.hpp"

#include <gtest/gtest.h>

#include <array>

namespace dsn::test {
namespace {

TEST(EditDistance, CountsEachKindOfSlipOnce) {
  EXPECT_EQ(edit_distance("every", "every"), 0U);
  EXPECT_EQ(edit_distance("evry", "every"), 1U);
  EXPECT_EQ(edit_distance("everyy", "every"), 1U);
  EXPECT_EQ(edit_distance("evary", "every"), 1U);
  EXPECT_EQ(edit_distance("evrey", "every"), 1U);
  EXPECT_EQ(edit_distance("", "every"), 5U);
  EXPECT_EQ(edit_distance(std::string(65, 'a'), "a"), 65U);
}

TEST(Closest, FindsWhatASlipExplainsAndNothingElse) {
  constexpr std::array<std::string_view, 4> kKnown = {"every", "unit", "port", "%"};
  EXPECT_EQ(closest("evry", kKnown), "every");
  EXPECT_EQ(closest("UNIT", kKnown), "unit");
  EXPECT_EQ(closest("prot", kKnown), "port");
  EXPECT_EQ(closest("colour", kKnown), std::nullopt);
  EXPECT_EQ(closest("x", kKnown), std::nullopt);
  EXPECT_EQ(closest("", kKnown), std::nullopt);
  EXPECT_EQ(did_you_mean("evry", kKnown), " (did you mean 'every'?)");
  EXPECT_EQ(did_you_mean("colour", kKnown), "");
}

}  // namespace
}  // namespace dsn::test
