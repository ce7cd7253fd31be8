// SPDX-License-Identifier: Apache-2.0
// Programs that run on. They end with the sensor.
#include "sensor/drivers.hpp"
#include "tree.hpp"

namespace dsn::sensor {
namespace {

using std::chrono::milliseconds;

class ExecStream : public Tree {
 protected:
  std::unique_ptr<Sensor> made(const std::string& script,
                               milliseconds patience = milliseconds(20'000)) {
    SensorSpec spec{"exec", {}, {"/bin/sh", "-c", script}, patience};
    spec.stream = true;
    auto sensor = make_exec(io_, spec, {.restart = milliseconds(1)});
    EXPECT_TRUE(sensor.ok());
    return std::move(*sensor);
  }
  /// What a sensor tells unasked, until there are so many.
  std::vector<std::string> told(Sensor& sensor, std::size_t count) {
    std::vector<std::string> all;
    sensor.watch([&](const Result<Measurements>& result) { all.push_back(show(result)); });
    EXPECT_EQ(sample(sensor), "");
    io_.restart();
    while (all.size() < count && io_.run_one() > 0) {
    }
    return all;
  }
};

TEST_F(ExecStream, EachLineIsAReading) {
  const auto sensor = made("echo 21.5; echo; echo '{\"a\": 1}'; exec sleep 1000");
  EXPECT_EQ(sample(*sensor), "21.5");
  EXPECT_EQ(sample(*sensor), "a=1");
}

TEST_F(ExecStream, IsToldAtOnce) {
  const auto sensor = made("echo 1; echo 2; printf 3; exec sleep 1000");
  EXPECT_EQ(told(*sensor, 2), (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(sample(*sensor), "");  // nothing since
}

TEST_F(ExecStream, IsStartedAgainLaterEachTime) {
  const auto sensor = made("echo 1; echo broken >&2; exit 3");
  const std::string end = "exec: /bin/sh: exit status 3: broken; it is started again in ";
  EXPECT_EQ(told(*sensor, 6),
            (std::vector<std::string>{"1", end + "1ms", "1", end + "2ms", "1", end + "4ms"}));
}

TEST_F(ExecStream, ThatIsNotThereIsTriedAgain) {
  SensorSpec spec{"exec", {}, {"/none"}};
  spec.stream = true;
  auto sensor = make_exec(io_, spec, {.restart = milliseconds(1)});
  ASSERT_TRUE(sensor.ok());
  EXPECT_EQ(sample(**sensor), "exec: /none: No such file or directory; it is started again in 1ms");
}

TEST_F(ExecStream, ThatPrintsNothingIsSaidToWhoeverWaits) {
  const auto sensor = made("exec sleep 1000", milliseconds(10));
  EXPECT_EQ(sample(*sensor), "exec: /bin/sh: has printed no line within 10ms");
}

TEST_F(ExecStream, ALineWithoutEndStopsIt) {
  const auto sensor = made("exec tr '\\0' x </dev/zero");
  EXPECT_EQ(sample(*sensor), "exec: /bin/sh: printed more than 64 KiB; it is started again in 1ms");
}

// Ten times what one that ends may print.
TEST_F(ExecStream, MayPrintWithoutEnd) {
  const auto sensor = made(
      "for i in $(seq 10000); do echo \"$i 0123456789012345678901234567890123456789012345678901\"; "
      "echo $i >&2; done; echo end; exec sleep 1000");
  std::string last;
  sensor->watch([&](const Result<Measurements>& result) { last = show(result); });
  EXPECT_EQ(sample(*sensor), "");
  while (last != "'end'" && io_.run_one() > 0) {
  }
  EXPECT_EQ(last, "'end'");
}

}  // namespace
}  // namespace dsn::sensor
