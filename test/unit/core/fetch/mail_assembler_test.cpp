// SPDX-License-Identifier: Apache-2.0
// Updates in several MAILs. protocol.md [mail-parts]
#include "core/fetch/mail_assembler.hpp"

#include <gtest/gtest.h>

#include "core/common/limits.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

namespace {

NodeId id_of(std::size_t index) {
  NodeId id;
  id.bytes[0] = static_cast<std::uint8_t>(index);
  return id;
}

struct Parts {
  // An update that sets one key in each of its parts.
  Update part(std::size_t index, std::size_t count, std::uint64_t to, char key) {
    buffer.resize(64);
    CborWriter out(buffer);
    out.text(std::string(1, key));
    encode_short_entry(out, {0, Bytes{0xf5}, 0});
    buffer.resize(out.size());
    Update update;
    update.incarnation = 1;
    update.from = to - 1;
    update.to = to;
    update.part = index;
    update.parts = count;
    update.entries = {1, buffer};
    return update;
  }
  std::optional<Update> add(std::size_t index, std::size_t count, std::uint64_t to, char key) {
    return mails.add(peer, part(index, count, to, key), clock);
  }

  Peer peer{id_of(1), {}};
  ClockReading clock{1000, Instant{} + 1s};
  MailAssembler mails;
  Bytes buffer;
};

TEST(MailAssembler, BringsThePartsTogetherInAnyOrder) {
  Parts parts;
  EXPECT_FALSE(parts.add(2, 3, 7, 'c'));
  EXPECT_FALSE(parts.add(0, 3, 7, 'a'));
  EXPECT_FALSE(parts.add(0, 3, 7, 'a')) << "it came twice";
  const auto whole = parts.add(1, 3, 7, 'b');
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->parts, 1U);
  EXPECT_EQ(whole->to, 7U);
  ASSERT_EQ(whole->entries.count, 3U);
  CborReader in(whole->entries.encoded);
  EXPECT_EQ(next_change(in).key, "a");
  EXPECT_EQ(next_change(in).key, "b");
  EXPECT_EQ(next_change(in).key, "c");
}

TEST(MailAssembler, MixesNoTwoUpdates) {
  Parts parts;
  EXPECT_FALSE(parts.add(0, 2, 7, 'a'));
  EXPECT_FALSE(parts.add(1, 2, 8, 'b')) << "of another version";
  EXPECT_FALSE(parts.add(1, 2, 7, 'b')) << "the first part gave way to that of 8";
  parts.clock.clock_ms += 1;
  EXPECT_FALSE(parts.add(0, 2, 7, 'a')) << "its ages refer to another clock";
  EXPECT_TRUE(parts.add(1, 2, 7, 'b'));
}

TEST(MailAssembler, TakesNoPartsThatAreNoMap) {
  Parts parts;
  EXPECT_FALSE(parts.add(0, 2, 7, 'b'));
  EXPECT_FALSE(parts.add(1, 2, 7, 'a'));
}

TEST(MailAssembler, KeepsNoMoreThanItMay) {
  Parts parts;
  const auto add = [&](std::size_t peer, std::size_t index, char key) {
    return parts.mails.add(Peer{id_of(peer), {}}, parts.part(index, 2, 7, key), parts.clock);
  };
  for (std::size_t i = 0; i <= kMailAssembliesMax; ++i) EXPECT_FALSE(add(i, 0, 'a'));
  EXPECT_TRUE(add(kMailAssembliesMax, 1, 'b')) << "the newest one is kept";
  EXPECT_FALSE(add(0, 1, 'b')) << "the oldest one gave way";
}

}  // namespace
}  // namespace dsn::test
