// SPDX-License-Identifier: Apache-2.0
// Readers that wait until the test lets them go.
#include "sensor/blocking.hpp"

#include <atomic>
#include <latch>
#include <optional>

#include <asio/executor_work_guard.hpp>

#include "tree.hpp"

namespace dsn::sensor {
namespace {

using std::chrono::milliseconds;

/// What one read of a reader meets, seen from the test.
class Gate {
 public:
  void open() { opened_.count_down(); }
  void wait_entered() { entered_.wait(); }
  void pass() {
    entered_.count_down();
    opened_.wait();
  }

 private:
  std::latch entered_{1};
  std::latch opened_{1};
};

class GatedReader : public Reader {
 public:
  explicit GatedReader(std::shared_ptr<Gate> gate) : gate_(std::move(gate)) {}
  Result<Measurements> read() override {
    if (auto gate = std::exchange(gate_, nullptr)) gate->pass();
    return Measurements{{"", Value::integer(++reads_), ""}};
  }

 private:
  std::shared_ptr<Gate> gate_;
  std::atomic<int> reads_ = 0;
};

class Blocking : public Tree {
 protected:
  std::unique_ptr<Sensor> gated(const std::string& lane, const std::shared_ptr<Gate>& gate,
                                milliseconds deadline = milliseconds(60'000)) {
    return make_blocking(io_, {lane, lane, deadline}, std::make_shared<GatedReader>(gate));
  }
  Sensor::Done into(std::string& shown) {
    return [this, &shown](const Result<Measurements>& result) { shown = show(result); };
  }
  void run_until_answered(const std::string& shown) {
    io_.restart();
    while (shown.empty() && io_.run_one() > 0) {
    }
  }
};

TEST_F(Blocking, AnswersOnTheLoop) {
  const auto gate = std::make_shared<Gate>();
  const auto sensor = gated("a", gate);
  std::string shown;
  sensor->sample(into(shown));
  gate->wait_entered();
  gate->open();
  EXPECT_EQ(shown, "");
  run_until_answered(shown);
  EXPECT_EQ(shown, "1");
  EXPECT_EQ(sample(*sensor), "2");
}

TEST_F(Blocking, DoesOneThingAtATimeInALane) {
  const auto gate = std::make_shared<Gate>();
  const auto first = gated("a", gate);
  const auto second = gated("a", nullptr);
  const auto other = gated("b", nullptr);
  std::string first_shown;
  std::string second_shown;
  std::string other_shown;
  first->sample(into(first_shown));
  second->sample(into(second_shown));
  other->sample(into(other_shown));
  gate->wait_entered();
  run_until_answered(other_shown);  // a lane that hangs holds up no other
  EXPECT_EQ(first_shown + second_shown, "");
  gate->open();
  run_until_answered(first_shown);
  run_until_answered(second_shown);
  EXPECT_EQ(first_shown + second_shown, "11");
}

TEST_F(Blocking, IsNotAskedTwiceAtOnce) {
  const auto gate = std::make_shared<Gate>();
  const auto sensor = gated("a", gate);
  std::string shown;
  sensor->sample(into(shown));
  EXPECT_EQ(sample(*sensor), "a: has not answered the sample before");
  gate->open();
  run_until_answered(shown);
  EXPECT_EQ(shown, "1");
}

TEST_F(Blocking, FailsAtItsDeadlineAndRecovers) {
  const auto gate = std::make_shared<Gate>();
  const auto sensor = gated("a", gate, milliseconds(1));
  EXPECT_EQ(sample(*sensor), "a: no answer within 1 ms");
  // The thread still hangs in the reader, so there is no second one.
  EXPECT_EQ(sample(*sensor), "a: has not answered the sample before");
  gate->open();
  // What it brings is too late for the sample that asked; afterwards it is asked again.
  const auto guard = asio::make_work_guard(io_);
  io_.restart();
  io_.run_one();
  std::string shown = sample(*sensor);
  EXPECT_TRUE(shown == "2" || shown == "a: no answer within 1 ms") << shown;
}

TEST_F(Blocking, DestroyedGetsNoAnswer) {
  const auto gate = std::make_shared<Gate>();
  auto running = gated("a", gate);
  auto waiting = gated("a", std::make_shared<Gate>());  // which nobody opens
  std::string shown;
  running->sample(into(shown));
  waiting->sample(into(shown));
  gate->wait_entered();
  running.reset();
  waiting.reset();
  gate->open();
  io_.run();
  const auto last = gated("a", nullptr);
  EXPECT_EQ(sample(*last), "1");  // the lane has gone on without them
  EXPECT_EQ(shown, "");
}

TEST_F(Blocking, MayBeDestroyedByItsOwnAnswer) {
  auto sensor = gated("a", nullptr);
  std::string shown;
  sensor->sample([&](const Result<Measurements>& result) {
    shown = show(result);
    sensor.reset();
  });
  io_.run();
  EXPECT_EQ(shown, "1");
}

// The end of an agent waits for no device.
TEST_F(Blocking, LoopGoesWhileTheReaderHangs) {
  const auto gate = std::make_shared<Gate>();
  const auto behind = std::make_shared<Gate>();
  std::string shown;
  {
    asio::io_context io;
    auto sensor =
        make_blocking(io, {"a", "a", milliseconds(60'000)}, std::make_shared<GatedReader>(gate));
    auto second =
        make_blocking(io, {"a", "a", milliseconds(60'000)}, std::make_shared<GatedReader>(behind));
    sensor->sample(into(shown));
    second->sample(into(shown));
    gate->wait_entered();
  }
  gate->open();
  EXPECT_EQ(shown, "");
}

}  // namespace
}  // namespace dsn::sensor
