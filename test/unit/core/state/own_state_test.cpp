// SPDX-License-Identifier: Apache-2.0
#include "core/state/own_state.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <optional>

#include "core/common/limits.hpp"
#include "support/start_time.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

namespace {

Write set(std::string key, Value value) {
  Write write;
  write.key = std::move(key);
  write.value = std::move(value);
  write.sampled = kStart + 5s;
  write.max_age = 10s;
  write.unit = "Cel";
  return write;
}

Write fail(std::string key, std::string error) {
  Write write;
  write.kind = Write::Kind::fail;
  write.key = std::move(key);
  write.error = std::move(error);
  return write;
}

Write unset(std::string key) {
  Write write;
  write.kind = Write::Kind::unset;
  write.key = std::move(key);
  return write;
}

Entry entry_of(const OwnState& state, std::string_view key) {
  const Bytes* encoded = state.store().find(key);
  if (encoded == nullptr) return {};
  CborReader in(*encoded);
  return decode_entry(in);
}

Value text_of(std::size_t bytes) { return Value::text(std::string(bytes, 'x')); }

class OwnStateTest : public testing::Test {
 protected:
  bool commit(const std::vector<Write>& writes) { return state_.commit(writes).ok(); }
  OwnState state_{kStart};
};

TEST_F(OwnStateTest, CountsOneVersionForABatch) {
  ASSERT_TRUE(commit({set("a", Value::integer(1)), set("b", Value::integer(2))}));
  EXPECT_EQ(state_.version(), 1U);
  EXPECT_EQ(entry_of(state_, "a").version, 1U);
  EXPECT_EQ(entry_of(state_, "b").version, 1U);
  EXPECT_EQ(entry_of(state_, "a").sampled_ms, 5000U);
  EXPECT_EQ(entry_of(state_, "a").max_age_ms, 10'000U);
}

TEST_F(OwnStateTest, CountsASampleThatDidNotChange) {
  ASSERT_TRUE(commit({set("a", Value::integer(1))}));
  ASSERT_TRUE(commit({set("a", Value::integer(1))}));
  EXPECT_EQ(state_.version(), 2U);
}

TEST_F(OwnStateTest, ChangesNothingForAnEmptyBatchOrAnAbsentKey) {
  ASSERT_TRUE(commit({}));
  ASSERT_TRUE(commit({unset("a")}));
  EXPECT_EQ(state_.version(), 0U);
}

// Readers have the unit and maximum age of such an entry, but no value that a short one would
// change.
TEST_F(OwnStateTest, AnAbsentValueIsNeverToldShortly) {
  Write absent = set("a", Value());
  absent.absent = AbsentValue{.size = 9};
  EXPECT_TRUE(commit({absent}));
  EXPECT_TRUE(commit({absent}));
  EXPECT_TRUE(commit({set("a", Value::integer(1))}));
  for (std::uint64_t from : {0, 1, 2}) {
    const Update update = state_.changes_since(from, kStart + 5s);
    CborReader in(update.entries.encoded);
    const KeyedChange change = next_change(in);
    EXPECT_EQ(change.key, "a");
    EXPECT_FALSE(change.shortened) << from;
  }
}

TEST_F(OwnStateTest, RefusesAWholeBatchForOneBadWrite) {
  const std::vector<Write> bad[] = {
      {set("a", Value()), set("not//a key", Value())},
      {set("a", Value()), set("b", text_of(kValueBytesMax))},  // with its head it is too long
      {set("a", Value()), unset("")},
      {set("a", Value()), set(std::string(kKeyBytesMax + 1, 'k'), Value())},
  };
  for (const auto& writes : bad) {
    EXPECT_FALSE(commit(writes)) << writes[1].key;
    EXPECT_EQ(state_.version(), 0U);
    EXPECT_EQ(state_.store().count(), 0U);
  }
  Write bad_unit = set("a", Value());
  bad_unit.unit = "\xff";
  EXPECT_FALSE(commit({bad_unit}));
  bad_unit.unit = std::string(kUnitBytesMax + 1, 'm');
  EXPECT_FALSE(commit({bad_unit}));
}

// protocol.md [state-write]
TEST_F(OwnStateTest, HoldsAsManyKeysAsANodeMayHaveAndNotOneMore) {
  std::vector<Write> all;
  for (std::size_t i = 0; i < kKeysPerNodeMax; ++i) {
    all.push_back(set("key" + std::to_string(i), Value::integer(1)));
  }
  ASSERT_TRUE(commit(all));
  EXPECT_FALSE(commit({set("another", Value::integer(1))}));
  EXPECT_TRUE(commit({unset("key7"), set("another", Value::integer(1))})) << "one in place of one";
  EXPECT_TRUE(commit(std::vector<Write>(300, set("another", Value::integer(2))))) << "one key";
}

TEST_F(OwnStateTest, CanRewriteAStateThatIsNearlyFullInOneBatch) {
  std::vector<Write> all;
  for (int i = 0; i < 60; ++i) all.push_back(set("key" + std::to_string(i), text_of(1000)));
  ASSERT_TRUE(commit(all));
  ASSERT_LE(state_.store().encoded_bytes(), kStateBytesMax);
  EXPECT_TRUE(commit(all)) << "the same keys take the same room";
  std::vector<Write> failed;
  for (int i = 0; i < 60; ++i) failed.push_back(fail("key" + std::to_string(i), "gone"));
  EXPECT_TRUE(commit(failed));
}

TEST_F(OwnStateTest, NeverGrowsBeyondWhatAStateMayHave) {
  for (int i = 0; i < 256; ++i) (void)commit({set("key" + std::to_string(i), text_of(1000))});
  EXPECT_LE(state_.store().encoded_bytes(), kStateBytesMax);
  EXPECT_GE(state_.store().encoded_bytes(), kStateBytesMax - 1100);
  for (int i = 0; i < 256; ++i) {
    (void)commit({fail("key" + std::to_string(i), std::string(500, 'e'))});
  }
  EXPECT_LE(state_.store().encoded_bytes(), kStateBytesMax);
  std::vector<Write> set_then_fail{set("key0", text_of(1000))};
  for (int i = 0; i < 10; ++i) set_then_fail.push_back(fail("key0", std::string(100, 'e')));
  (void)commit(set_then_fail);
  EXPECT_LE(state_.store().encoded_bytes(), kStateBytesMax);
}

// protocol.md [entry-error]
TEST_F(OwnStateTest, KeepsTheLastGoodValueOfASensorThatFails) {
  ASSERT_TRUE(commit({set("a", Value::integer(21))}));
  ASSERT_TRUE(commit({fail("a", "timed out")}));
  const Entry entry = entry_of(state_, "a");
  EXPECT_EQ(Value::from_cbor(entry.value), Value::integer(21));
  EXPECT_EQ(entry.error, "timed out");
  EXPECT_EQ(entry.unit, "Cel");
  EXPECT_EQ(entry.sampled_ms, 5000U);
  EXPECT_EQ(entry.version, 2U);
  ASSERT_TRUE(commit({set("a", Value::integer(22))}));
  EXPECT_EQ(entry_of(state_, "a").error, "");
}

TEST_F(OwnStateTest, MakesEveryCauseOfAFailureFitToBeSent) {
  const std::string euro(200, '\0');
  std::string long_utf8;
  while (long_utf8.size() < 300) long_utf8 += "\xe2\x82\xac";
  for (const std::string& cause :
       {std::string(), std::string("\xff\xfe"), std::string(500, 'x'), long_utf8, "a" + long_utf8,
        "ab" + long_utf8, std::string(300, '\x80'), std::string("\xe2\x82"), euro}) {
    ASSERT_TRUE(commit({fail("a", cause)}));
    const Bytes* encoded = state_.store().find("a");
    ASSERT_NE(encoded, nullptr);
    CborReader in(*encoded);
    const Entry entry = decode_entry(in);
    EXPECT_TRUE(in.at_end()) << to_hex(as_bytes(cause));
    EXPECT_FALSE(entry.error.empty());
    EXPECT_LE(entry.error.size(), kErrorBytesMax);
  }
}

TEST_F(OwnStateTest, TellsWhatChangedSinceAnyVersion) {
  ASSERT_TRUE(commit({set("a", Value::integer(1)), set("b", Value::integer(1))}));
  ASSERT_TRUE(commit({set("a", Value::integer(2))}));
  ASSERT_TRUE(commit({unset("b")}));
  const Update all = state_.changes_since(0, kStart);
  EXPECT_EQ(all.to, 3U);
  EXPECT_EQ(all.entries.count, 1U);
  EXPECT_EQ(all.deleted.count, 1U);
  EXPECT_EQ(state_.changes_since(2, kStart).entries.count, 0U);
  EXPECT_EQ(state_.changes_since(2, kStart).deleted.count, 1U);
  EXPECT_EQ(state_.changes_since(3, kStart).deleted.count, 0U);
  EXPECT_FALSE(state_.can_update_from(4));
}

// The first entry of an update, if it is short.
std::optional<ShortEntry> short_entry_of(const Update& update) {
  CborReader in(update.entries.encoded);
  return next_change(in).shortened;
}

// protocol.md [entry-short]
TEST_F(OwnStateTest, LeavesOutWhatReadersOfTheEarlierVersionKnow) {
  ASSERT_TRUE(commit({set("a", Value::integer(1))}));
  EXPECT_FALSE(short_entry_of(state_.changes_since(0, kStart + 7s))) << "they lack the key";
  ASSERT_TRUE(commit({set("a", Value::integer(2))}));
  ASSERT_TRUE(commit({set("b", Value::integer(3))}));
  const auto entry = short_entry_of(state_.changes_since(1, kStart + 7s));
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->age_ms, 2000U);
  EXPECT_EQ(entry->back, 1U);
  EXPECT_EQ(to_hex(entry->value), "02");
  EXPECT_FALSE(short_entry_of(state_.changes_since(1, kStart))) << "the sample is of later";
}

// protocol.md [entry-short]
TEST_F(OwnStateTest, SaysAllOfAnEntryThatChangedInMoreThanItsValue) {
  const std::vector<std::function<void(Write&)>> changes = {
      [](Write& write) { write.unit = "K"; },
      [](Write& write) { write.max_age = 11s; },
      [](Write& write) { write.device_class = "power"; },
      [](Write& write) { write.precision = 0; },
      [](Write& write) { write.interval = 10s; },
      [](Write& write) { write = fail("a", "broken"); },
  };
  for (const auto& change : changes) {
    ASSERT_TRUE(commit({unset("a")}) && commit({set("a", Value::integer(1))}));
    const std::uint64_t before = state_.version();
    Write write = set("a", Value::integer(2));
    change(write);
    ASSERT_TRUE(commit({write}));
    EXPECT_FALSE(short_entry_of(state_.changes_since(before, kStart + 7s)));
    EXPECT_FALSE(short_entry_of(state_.changes_since(before - 1, kStart + 7s))) << "a new key";
  }
}

// protocol.md [entry-null]
TEST_F(OwnStateTest, SaysClassAndPrecisionOnce) {
  Write write = set("a", Value::real(21.5));
  write.device_class = "temperature", write.precision = 1;
  const std::size_t plain = [&] {
    OwnState other(kStart);
    EXPECT_TRUE(other.commit(std::vector{set("a", Value::real(21.5))}));
    return other.store().encoded_bytes();
  }();
  ASSERT_TRUE(commit({write}));
  EXPECT_EQ(state_.store().encoded_bytes(), plain + 2 + 12 + 1) << "two nulls, class, precision";
  EXPECT_EQ(entry_of(state_, "a").device_class, "temperature");
  EXPECT_EQ(entry_of(state_, "a").precision, 1U);
  ASSERT_TRUE(commit({write}));
  EXPECT_TRUE(short_entry_of(state_.changes_since(1, kStart + 7s))) << "mail stays small";
  ASSERT_TRUE(commit({fail("a", "broken")}));
  EXPECT_EQ(entry_of(state_, "a").device_class, "temperature");
  EXPECT_EQ(entry_of(state_, "a").precision, 1U);
  write.device_class.clear(), write.precision = 0;
  ASSERT_TRUE(commit({write}));
  EXPECT_EQ(entry_of(state_, "a").device_class, "");
  EXPECT_EQ(entry_of(state_, "a").precision, 0U);
}

TEST_F(OwnStateTest, RefusesAClassThatIsNone) {
  for (const std::string& wrong : {std::string("Door"), std::string("a b"), std::string("1"),
                                   std::string(wire::kDeviceClassBytesMax + 1, 'c')}) {
    Write write = set("a", Value());
    write.device_class = wrong;
    EXPECT_FALSE(commit({write})) << wrong;
  }
  Write write = set("a", Value());
  write.precision = kPrecisionMax + 1;
  EXPECT_FALSE(commit({write}));
  write.precision = kPrecisionMax,
  write.device_class = std::string(wire::kDeviceClassBytesMax, 'c');
  EXPECT_TRUE(commit({write}));
}

// protocol.md [state-write]
TEST_F(OwnStateTest, CountsClassesAmongTheBytesOfAState) {
  std::vector<Write> all;
  for (int i = 0; i < 63; ++i) {
    all.push_back(set("key" + std::to_string(i), text_of(1000)));
    all.back().device_class = std::string(wire::kDeviceClassBytesMax, 'c');
  }
  EXPECT_FALSE(commit(all));
  all.resize(60);
  ASSERT_TRUE(commit(all));
  EXPECT_LE(state_.store().encoded_bytes(), kStateBytesMax);
}

TEST_F(OwnStateTest, HasRoomForTheOldestShortEntries) {
  Write write = set("a", Value::integer(1));
  write.unit = "", write.max_age = 0s, write.sampled = kStart;
  ASSERT_TRUE(commit({write}));
  write.value = Value::integer(2);
  ASSERT_TRUE(commit({write}));
  const auto entry = short_entry_of(state_.changes_since(1, kStart + std::chrono::years(200)));
  ASSERT_TRUE(entry) << "it takes more bytes than the whole one";
  EXPECT_EQ(entry->age_ms, std::uint64_t(to_ms(std::chrono::years(200))));
}

// protocol.md [deleted-once]
TEST_F(OwnStateTest, ForgetsATombstoneWhenTheKeyIsSetAgain) {
  ASSERT_TRUE(commit({set("a", Value::integer(1))}));
  ASSERT_TRUE(commit({unset("a")}));
  ASSERT_TRUE(commit({set("a", Value::integer(1))}));
  EXPECT_EQ(state_.changes_since(0, kStart).deleted.count, 0U);
  EXPECT_EQ(state_.changes_since(0, kStart).entries.count, 1U);
}

TEST_F(OwnStateTest, CannotUpdateFromBelowTheFloorOfItsTombstones) {
  for (std::size_t i = 0; i <= kTombstonesMax; ++i) {
    ASSERT_TRUE(commit({set("key" + std::to_string(i), Value::integer(1))}));
  }
  const std::uint64_t before = state_.version();
  for (std::size_t i = 0; i < kTombstonesMax; ++i) {
    ASSERT_TRUE(commit({unset("key" + std::to_string(i))}));
  }
  EXPECT_TRUE(state_.can_update_from(0));
  EXPECT_EQ(state_.changes_since(0, kStart).deleted.count, kTombstonesMax);
  ASSERT_TRUE(commit({unset("key" + std::to_string(kTombstonesMax))}));
  EXPECT_FALSE(state_.can_update_from(before));
  EXPECT_TRUE(state_.can_update_from(before + 1));
  EXPECT_EQ(state_.changes_since(before + 1, kStart).deleted.count, kTombstonesMax);
}

TEST_F(OwnStateTest, PutsTheFloorAtABatchThatDeletesMoreThanItRemembers) {
  std::vector<Write> sets;
  std::vector<Write> unsets;
  for (std::size_t i = 0; i < kTombstonesMax + 6; ++i) {
    sets.push_back(set("key" + std::to_string(i), Value::integer(1)));
    unsets.push_back(unset("key" + std::to_string(i)));
  }
  ASSERT_TRUE(commit(sets));
  ASSERT_TRUE(commit(unsets));
  EXPECT_FALSE(state_.can_update_from(1));
  EXPECT_TRUE(state_.can_update_from(2));
}

}  // namespace
}  // namespace dsn::test
