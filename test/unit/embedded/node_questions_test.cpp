// SPDX-License-Identifier: Apache-2.0
#include "embedded/node_questions.hpp"

#include <gtest/gtest.h>

#include <array>

#include "support/virtual_network.hpp"

namespace dsn::embedded {
namespace {

TEST(NodeQuestions, FactsSurviveTheRoundTrip) {
  Facts facts;
  facts.warnings = {{"alone", "", "no other node was found", "name one in bootstrap_nodes"}};
  facts.multicast_ago = std::chrono::milliseconds(12);
  const auto back = decode_facts(encode_facts(facts));
  ASSERT_TRUE(back);
  ASSERT_EQ(back->warnings.size(), 1U);
  EXPECT_EQ(back->warnings[0].code, "alone");
  EXPECT_EQ(back->warnings[0].advice, "name one in bootstrap_nodes");
  EXPECT_EQ(back->multicast_ago, facts.multicast_ago);
  EXPECT_FALSE(decode_facts(encode_facts({}))->multicast_ago);
}

TEST(NodeQuestions, FactsAreCutToWhatIsAllowed) {
  Facts facts;
  std::string umlauts;
  for (int i = 0; i < 400; ++i) umlauts += "ü";
  facts.warnings.assign(40, {"code", "x" + umlauts, umlauts, ""});
  const auto back = decode_facts(encode_facts(facts));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->warnings.size(), 16U);
  EXPECT_EQ(back->warnings[0].text.size(), 512U);
  EXPECT_EQ(back->warnings[0].about.size(), 511U);
  EXPECT_LT(encode_facts(facts).cbor().size(), 32768U);
}

// protocol.md [probe-size]
TEST(NodeQuestions, AProbeIsAnsweredWithAsManyBytesAsItAsksFor) {
  test::VirtualNetwork net;
  net.add("attic");
  const auto answer = [&](std::string_view name, const Value& payload) {
    return answer_question(net.node(0), NodeId{}, name, payload, {}, net.now());
  };
  const auto largest = answer(kProbeName, encode_probe(1, kProbeBytesMax));
  ASSERT_TRUE(largest && largest->as_bytes());
  EXPECT_EQ(largest->as_bytes()->size(), kProbeBytesMax);
  EXPECT_FALSE(answer(kProbeName, encode_probe(1, kProbeBytesMax + 1)));
  EXPECT_FALSE(answer(kProbeName, Value()));
  EXPECT_FALSE(answer("dsn/other", Value()));
  ASSERT_TRUE(answer(kFactsName, Value()));
  EXPECT_TRUE(decode_facts(*answer(kFactsName, Value())));
}

TEST(NodeQuestions, OtherValuesAreNoFacts) {
  EXPECT_FALSE(decode_facts(Value()));
  EXPECT_FALSE(decode_facts(Value::text("all is well")));
  const std::array<Value, 2> numbers = {Value::integer(1), Value::integer(2)};
  EXPECT_FALSE(decode_facts(*Value::array(numbers)));
  const std::array<Value, 4> parts = {Value::text("code"), Value::text(""),
                                      Value::text(std::string(513, 'x')), Value::text("")};
  const std::array<Value, 1> warnings = {*Value::array(parts)};
  const std::array<Value, 2> long_text = {*Value::array(warnings), Value()};
  EXPECT_FALSE(decode_facts(*Value::array(long_text)));
}

}  // namespace
}  // namespace dsn::embedded
