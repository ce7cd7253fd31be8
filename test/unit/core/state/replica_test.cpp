// SPDX-License-Identifier: Apache-2.0
#include "core/state/replica.hpp"

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "core/common/limits.hpp"
#include "core/state/own_state.hpp"
#include "support/start_time.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

namespace {

const ClockReading kClock{100, kStart};

// An owner that writes, and what it would send.
class ReplicaTest : public testing::Test {
 protected:
  void set(const std::string& key, std::int64_t value) {
    Write write;
    write.key = key;
    write.value = Value::integer(value);
    write.sampled = kStart;
    ASSERT_TRUE(owner_.commit({&write, 1}).ok());
  }
  void unset(const std::string& key) {
    Write write;
    write.kind = Write::Kind::unset;
    write.key = key;
    ASSERT_TRUE(owner_.commit({&write, 1}).ok());
  }
  Replica::Outcome update(std::uint64_t from, std::uint32_t incarnation = 1) {
    Update change = owner_.changes_since(from, kStart + 100ms);
    change.incarnation = incarnation;
    return replica_.apply(replica_.prepare(change, kClock.clock_ms), kClock, {}, effects_);
  }
  Snapshot snapshot(std::uint32_t incarnation = 1) {
    owner_.store().encode_canonical(canonical_);
    const std::size_t head = encoded_head_bytes(owner_.store().count());
    return {{incarnation, owner_.version()},
            {owner_.store().count(), ByteView(canonical_).subspan(head)}};
  }
  [[nodiscard]] bool same() const {
    return replica_.store().entries() == owner_.store().entries() &&
           replica_.version().version == owner_.version();
  }
  std::map<std::string, CoreEvent::Kind> events() {
    std::map<std::string, CoreEvent::Kind> seen;
    for (const CoreEvent& event : effects_.events()) seen[event.key] = event.kind;
    effects_.clear();
    return seen;
  }

  OwnState owner_{kStart};
  Replica replica_;
  Effects effects_;
  Bytes canonical_;
};

using Outcome = Replica::Outcome;

// protocol.md [mail-apply]
TEST_F(ReplicaTest, FollowsTheOwnerChangeByChange) {
  for (int i = 0; i < 20; ++i) {
    set("key" + std::to_string(i % 7), i);
    if (i % 5 == 4) unset("key" + std::to_string(i % 7));
    ASSERT_EQ(update(replica_.version().version), Outcome::applied);
    ASSERT_TRUE(same());
  }
}

// protocol.md [mail-gap]
TEST_F(ReplicaTest, AppliesNothingOverAGap) {
  set("a", 1);
  ASSERT_EQ(update(0), Outcome::applied);
  set("a", 2);
  set("b", 3);
  const auto before = replica_.store().entries();
  EXPECT_EQ(update(2), Outcome::gap);
  EXPECT_EQ(replica_.store().entries(), before);
  EXPECT_EQ(replica_.version(), (StateVersion{1, 1}));
  EXPECT_EQ(update(1), Outcome::applied);
  EXPECT_TRUE(same());
}

TEST_F(ReplicaTest, TakesAnUpdateThatBeginsEarlierThanItNeeds) {
  set("a", 1);
  set("b", 1);
  ASSERT_EQ(update(0), Outcome::applied);
  unset("a");
  set("c", 1);
  EXPECT_EQ(update(0), Outcome::applied);
  EXPECT_TRUE(same());
}

// Or the root of the state would be another than the owner's. protocol.md [entry-extend]
TEST_F(ReplicaTest, KeepsWhatALaterVersionAppendsToAnEntry) {
  Bytes pair(64);
  CborWriter out(pair);
  out.text("door");
  const std::size_t key_bytes = out.size();
  const Value value = Value::integer(1);
  const Value none;
  encode_entry(out, {.version = 1, .value = none.cbor(), .interval_ms = 1});
  pair.resize(out.size());
  ASSERT_EQ(pair[key_bytes], 0x8a);  // 10 elements
  pair[key_bytes] = 0x8b;
  pair.push_back(0xf5);
  const Update extended{1, 0, 1, 0, {1, pair}, {}};
  ASSERT_EQ(replica_.apply(replica_.prepare(extended, kClock.clock_ms), kClock, {}, effects_),
            Outcome::applied);
  EXPECT_EQ(*replica_.store().find("door"), Bytes(pair.begin() + 5, pair.end()));
  Bytes shortened(16);
  CborWriter next(shortened);
  next.text("door");
  encode_short_entry(next, {0, value.cbor(), 0});
  const Update change{1, 1, 2, 0, {1, next.written()}, {}};
  EXPECT_EQ(replica_.apply(replica_.prepare(change, kClock.clock_ms), kClock, {}, effects_),
            Outcome::gap)
      << "it would lose them";
}

// protocol.md [entry-short]
TEST_F(ReplicaTest, MakesShortEntriesWholeWithWhatItHas) {
  Write write;
  write.key = "a";
  write.value = Value::integer(1);
  write.unit = "Cel";
  write.max_age = 30s;
  write.sampled = kStart + 60ms;
  ASSERT_TRUE(owner_.commit({&write, 1}).ok());
  Write broken = write;
  broken.kind = Write::Kind::fail;
  broken.error = "broken";
  ASSERT_TRUE(owner_.commit({&broken, 1}).ok());
  ASSERT_EQ(update(0), Outcome::applied);
  write.value = Value::integer(2);
  ASSERT_TRUE(owner_.commit({&write, 1}).ok());
  ASSERT_EQ(update(2), Outcome::applied) << "the error is over";
  EXPECT_TRUE(same());
}

// protocol.md [short-gap]
TEST_F(ReplicaTest, TakesAShortEntryThatItCannotMakeWholeForAGap) {
  const Value value = Value::integer(2);
  const auto take = [&](std::string_view key, const ShortEntry& entry,
                        std::uint32_t incarnation = 1) {
    Bytes pair(64);
    CborWriter out(pair);
    out.text(key);
    encode_short_entry(out, entry);
    const std::uint64_t from = incarnation == 1 ? replica_.version().version : 0;
    const Update change{incarnation, from, from + 1, 0, {1, out.written()}, {}};
    EXPECT_EQ(replica_.prepare(change, kClock.clock_ms).bytes, replica_.store().encoded_bytes());
    return replica_.apply(replica_.prepare(change, kClock.clock_ms), kClock, {}, effects_);
  };
  set("a", 1);
  ASSERT_EQ(update(0), Outcome::applied);
  EXPECT_EQ(take("b", {0, value.cbor(), 0}), Outcome::gap) << "no such key";
  EXPECT_EQ(take("a", {101, value.cbor(), 0}), Outcome::gap) << "of before the session";
  EXPECT_EQ(take("a", {0, value.cbor(), 3}), Outcome::gap) << "of before the first version";
  EXPECT_EQ(take("a", {0, value.cbor(), 0}, 2), Outcome::gap) << "of another run";
  EXPECT_TRUE(same());
  EXPECT_EQ(take("a", {100, value.cbor(), 0}), Outcome::applied);
}

// protocol.md [mail-known]
TEST_F(ReplicaTest, IgnoresWhatItHasAlready) {
  set("a", 1);
  Update old = owner_.changes_since(0, kStart);
  old.incarnation = 1;
  const Bytes entries(old.entries.encoded.begin(), old.entries.encoded.end());
  old.entries.encoded = entries;
  set("a", 2);
  ASSERT_EQ(update(0), Outcome::applied);
  effects_.clear();
  EXPECT_EQ(replica_.apply(replica_.prepare(old, kClock.clock_ms), kClock, {}, effects_),
            Outcome::stale);
  EXPECT_TRUE(effects_.events().empty());
  EXPECT_TRUE(same());
}

// protocol.md [mail-old-run] [mail-new-run] [mail-gap-new-run]
TEST_F(ReplicaTest, StartsANewIncarnationOnlyFromItsBeginning) {
  set("old", 1);
  ASSERT_EQ(update(0, 1), Outcome::applied);
  owner_ = OwnState(kStart);
  set("new", 1);
  set("new", 2);
  EXPECT_EQ(update(1, 2), Outcome::gap);
  EXPECT_EQ(replica_.version(), (StateVersion{1, 1}));
  EXPECT_EQ(update(0, 2), Outcome::applied);
  EXPECT_TRUE(same()) << "nothing of the old run is left";
  EXPECT_EQ(update(0, 1), Outcome::stale) << "the old run is over";
}

TEST_F(ReplicaTest, IsReplacedByASnapshotNotMergedWithIt) {
  set("a", 1);
  set("b", 1);
  ASSERT_EQ(update(0), Outcome::applied);
  events();
  unset("a");
  set("c", 1);
  EXPECT_EQ(replica_.apply(snapshot(), kClock, {}, effects_), Outcome::applied);
  EXPECT_TRUE(same());
  const std::map<std::string, CoreEvent::Kind> expected{{"a", CoreEvent::Kind::removed},
                                                        {"c", CoreEvent::Kind::updated}};
  EXPECT_EQ(events(), expected) << "b is as it was";
  EXPECT_EQ(replica_.apply(snapshot(), kClock, {}, effects_), Outcome::stale);
}

// protocol.md [snapshot]
TEST_F(ReplicaTest, NeverGoesBack) {
  set("a", 1);
  set("a", 2);
  ASSERT_EQ(update(0, 5), Outcome::applied);
  Snapshot older = snapshot(5);
  older.version.version = 1;
  EXPECT_EQ(replica_.apply(older, kClock, {}, effects_), Outcome::stale);
  EXPECT_EQ(replica_.replace(older, kClock, {}, effects_), Outcome::stale);
  EXPECT_EQ(replica_.replace(snapshot(4), kClock, {}, effects_), Outcome::stale);
  EXPECT_EQ(replica_.version(), (StateVersion{5, 2}));
}

// protocol.md [state-apply]
TEST_F(ReplicaTest, RefusesAnUpdateThatWouldBreakALimitAndKeepsWhatItHas) {
  for (std::size_t i = 0; i < kKeysPerNodeMax; ++i) set("key" + std::to_string(i), 1);
  ASSERT_EQ(update(0), Outcome::applied);
  Bytes pair(64);
  CborWriter out(pair);
  out.text("one/too/many");
  const Value value;
  encode_entry(out, {.version = 999, .value = value.cbor()});
  const std::uint64_t version = owner_.version();
  const Update more{1, version, version + 1, 0, {1, out.written()}, {}};
  effects_.clear();
  EXPECT_EQ(replica_.apply(replica_.prepare(more, kClock.clock_ms), kClock, {}, effects_),
            Outcome::too_large);
  EXPECT_TRUE(effects_.events().empty());
  EXPECT_TRUE(same());
}

TEST_F(ReplicaTest, TakesAnUpdateThatDeletesAsMuchAsItAdds) {
  for (std::size_t i = 0; i < kKeysPerNodeMax; ++i) set("key" + std::to_string(i), 1);
  ASSERT_EQ(update(0), Outcome::applied);
  unset("key0");
  set("another", 1);
  EXPECT_EQ(update(replica_.version().version), Outcome::applied);
  EXPECT_TRUE(same());
}

// protocol.md [clock-newest]
TEST_F(ReplicaTest, ReadsTheOwnersClockFromTheNewestFrameOnly) {
  replica_.note_clock({1000, kStart + 1s});
  EXPECT_EQ(replica_.local_time(400), kStart + 400ms);
  replica_.note_clock({500, kStart + 9s});  // delayed on its way
  EXPECT_EQ(replica_.local_time(400), kStart + 400ms);
  replica_.note_clock({2000, kStart + 2010ms});  // our clocks differ by a percent
  EXPECT_EQ(replica_.local_time(400), kStart + 410ms);
}

TEST_F(ReplicaTest, BeginsTheClockAnewWithAnIncarnation) {
  set("a", 1);
  ASSERT_EQ(replica_.apply(snapshot(1), {1'000'000, kStart}, {}, effects_), Outcome::applied);
  ASSERT_EQ(replica_.apply(snapshot(2), {10, kStart + 5s}, {}, effects_), Outcome::applied);
  EXPECT_EQ(replica_.local_time(10), kStart + 5s);
}

TEST_F(ReplicaTest, SurvivesTheLargestClocks) {
  replica_.note_clock({kSessionClockMsMax, kStart});
  EXPECT_LT(replica_.local_time(0), kStart);
  EXPECT_EQ(replica_.local_time(kSessionClockMsMax), kStart);
  replica_.note_clock({0, kStart});
  EXPECT_EQ(replica_.local_time(kSessionClockMsMax), kStart);
}

}  // namespace
}  // namespace dsn::test
