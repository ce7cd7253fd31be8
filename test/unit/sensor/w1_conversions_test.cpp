// SPDX-License-Identifier: Apache-2.0
// Twenty thermometers on one bus, in virtual time.
#include "sensor/w1_conversions.hpp"

#include <gtest/gtest.h>

#include <map>
#include <vector>

namespace dsn::sensor {
namespace {

using namespace std::chrono_literals;

/// A bus as Linux drives it (drivers/w1/w1_io.c, slaves/w1_therm.c): 70 us for a bit, 2 ms for a
/// reset, 750 ms for a conversion of 12 bits. Each access waits for the one before it.
class StandInBus {
 public:
  static constexpr std::chrono::microseconds kByte = 8 * 70us;
  static constexpr std::chrono::microseconds kReset = 2ms;
  static constexpr std::chrono::microseconds kConversion = 750ms;

  explicit StandInBus(bool bulk) : bulk_(bulk) {}

  /// As W1Buses and W1Reader do it. Returns when the number was measured.
  Instant read(const std::string& id) {
    if (conversions_.is_due(id, now) && bulk_) {
      trigger();
      conversions_.all_converted(id, now);
    }
    return read_temperature(id);
  }
  /// The master looks for new chips every ten seconds: 64 bits of each, with two reads and a write.
  void search(std::size_t chips) { pass(chips * (kReset + 3 * 8 * kByte)); }

  Instant now = Instant{} + 1h;

 private:
  void pass(std::chrono::microseconds time) {
    now += std::chrono::ceil<std::chrono::milliseconds>(time);
  }
  void trigger() {
    pass(kReset + 2 * kByte + kConversion);
    ++triggers_;
    triggered_at_ = now;
  }
  Instant read_temperature(const std::string& id) {
    // A conversion that was triggered serves one reading of each chip.
    std::size_t& served = served_[id];
    const bool is_triggered = served < triggers_;
    served = triggers_;
    if (!is_triggered) pass(kReset + 10 * kByte + kConversion);
    const Instant measured = is_triggered ? triggered_at_ : now;
    pass(kReset + 19 * kByte);  // the chip's address, a command, and its scratchpad
    return measured;
  }

  const bool bulk_;
  W1Conversions conversions_;
  std::size_t triggers_ = 0;
  Instant triggered_at_{};
  std::map<std::string, std::size_t> served_;
};

std::vector<std::string> chips(int count) {
  std::vector<std::string> ids;
  for (int i = 0; i < count; ++i) ids.push_back("28-0000000000" + std::to_string(10 + i));
  return ids;
}

/// How long the longest of some rounds took, ten seconds apart, with a search in each.
Duration longest_round(StandInBus& bus, const std::vector<std::string>& ids) {
  Duration longest{};
  Instant due = bus.now;
  for (int round = 0; round < 6; ++round, due += 10s) {
    bus.now = std::max(bus.now, due);
    bus.search(ids.size());
    for (const std::string& id : ids) {
      const Instant measured = bus.read(id);
      EXPECT_LE(bus.now - measured, Duration(W1Conversions::kFreshFor)) << id;
      EXPECT_GE(measured, due) << id << " has a number of the round before";
    }
    longest = std::max(longest, bus.now - due);
  }
  return longest;
}

TEST(W1Conversions, TwentyChipsAreReadWellWithinTenSeconds) {
  StandInBus bus(true);
  EXPECT_LT(longest_round(bus, chips(20)), Duration(2500ms)) << "the first round has two";
}

TEST(W1Conversions, WithoutBulkConversionTheyAreNot) {
  StandInBus bus(false);
  EXPECT_GT(longest_round(bus, chips(20)), Duration(15s));
}

TEST(W1Conversions, OneChipConvertsAlone) {
  W1Conversions conversions;
  for (Instant now{}; now < Instant{} + 60s; now += 10s) EXPECT_FALSE(conversions.is_due("a", now));
}

TEST(W1Conversions, AChipThatIsReadAgainConvertsAgain) {
  W1Conversions conversions;
  const Instant now = Instant{} + 1h;
  EXPECT_FALSE(conversions.is_due("a", now));
  EXPECT_TRUE(conversions.is_due("b", now));
  conversions.all_converted("b", now);
  EXPECT_FALSE(conversions.is_due("a", now + 1s));
  EXPECT_TRUE(conversions.is_due("a", now + 2s));
  EXPECT_TRUE(conversions.is_due("c", now + 3s)) << "too old";
}

}  // namespace
}  // namespace dsn::sensor
