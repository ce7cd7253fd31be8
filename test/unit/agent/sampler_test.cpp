// SPDX-License-Identifier: Apache-2.0
// The sampler in virtual time, with files as sensors.
#include "agent/sampler.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <random>

#include "sensor/drivers.hpp"
#include "support/temp_dir.hpp"

namespace dsn::agent {

using namespace test;
using namespace core;

namespace {

using namespace std::chrono_literals;

/// The file driver, as it would be if no file kept its reader waiting: in virtual time nothing
/// does.
class QuickFile : public sensor::QuickSensor {
 public:
  explicit QuickFile(std::string path) : path_(std::move(path)) {}

 private:
  Result<sensor::Measurements> read() override {
    std::ifstream file(path_);
    double number = 0;
    if (!(file >> number)) return Error{"no number"};
    return sensor::Measurements{{"", Value::real(number), ""}};
  }

  const std::string path_;
};

Result<std::unique_ptr<sensor::Sensor>> make_quick(asio::io_context& io,
                                                   const sensor::SensorSpec& spec,
                                                   const std::string& root) {
  auto made = sensor::make_sensor(io, spec, root);
  if (!made || spec.driver != "file") return made;
  return std::unique_ptr<sensor::Sensor>(
      std::make_unique<QuickFile>(root + spec.options.at("path")));
}

class SamplerTest : public testing::Test {
 protected:
  SamplerTest() { std::ofstream(root_.path() + "/one") << "1\n"; }

  static config::SensorConfig file(const std::string& key, Duration every = 10s) {
    config::SensorConfig config;
    config.key = key;
    config.driver = "file";
    config.options["path"] = "/one";
    config.every = std::chrono::duration_cast<std::chrono::milliseconds>(every);
    return config;
  }

  std::vector<config::Finding> configure(const std::vector<config::SensorConfig>& sensors) {
    return sampler_.configure(sensors, root_.path());
  }

  /// Everything that is due until then happens at its time.
  void run_until(Instant end) {
    while (sampler_.next_due() <= end) {
      now_ = std::max(now_, sampler_.next_due());
      sampler_.run_due();
    }
    now_ = end;
  }

  void commit(std::span<const Write> writes) {
    ++batches_;
    for (const Write& write : writes) {
      if (write.kind == Write::Kind::unset) {
        held_.erase(write.key);
        continue;
      }
      held_[write.key] = write.kind == Write::Kind::fail ? "failed" : "set";
      taken_[write.key].push_back(now_);
      last_[write.key] = write;
    }
  }

  [[nodiscard]] SensorStatus status_of(const std::string& key) const {
    for (const SensorStatus& status : sampler_.status()) {
      if (status.key == key) return status;
    }
    return {};
  }

  const TempDir root_;
  Instant now_ = Instant{} + 1h;
  std::size_t batches_ = 0;
  std::map<std::string, std::string> held_;
  std::map<std::string, std::vector<Instant>> taken_;
  std::map<std::string, Write> last_;
  asio::io_context io_;
  Sampler sampler_{io_, [this](std::span<const Write> writes) { commit(writes); },
                   [this] { return now_; }, make_quick};
};

using Held = std::map<std::string, std::string>;

TEST_F(SamplerTest, SamplesEachSensorAtItsInterval) {
  ASSERT_TRUE(configure({file("a", 10s), file("b", 3s)}).empty());
  EXPECT_EQ(batches_, 0U);
  sampler_.start();
  EXPECT_EQ(held_, (Held{{"a", "set"}, {"b", "set"}}));
  EXPECT_EQ(batches_, 1U);
  run_until(now_ + 30s);
  EXPECT_EQ(taken_["a"].size(), 4U);
  EXPECT_EQ(taken_["b"].size(), 11U);
}

TEST_F(SamplerTest, SaysWithTheValueWhatReadersAreToKnow) {
  config::SensorConfig config = file("a");
  config.processing.ha_class = "temperature";
  config.processing.precision = 1;
  config.processing.delta = 0.5;
  ASSERT_TRUE(configure({config, file("b")}).empty());
  sampler_.start();
  EXPECT_EQ(last_["a"].device_class, "temperature");
  EXPECT_EQ(last_["a"].precision, 1U);
  EXPECT_EQ(last_["a"].interval, Duration(10s));
  EXPECT_EQ(last_["b"].interval, Duration(0)) << "each sample is told";
  EXPECT_EQ(last_["b"].device_class, "");
  EXPECT_EQ(last_["b"].precision, std::nullopt);
}

// A DHT11 answers four tries of five. A line for each failure would fill the card.
TEST_F(SamplerTest, LogsASensorThatFlapsOnceAnHour) {
  ASSERT_TRUE(configure({file("a", 10s)}).empty());
  testing::internal::CaptureStderr();
  for (int i = 0; i < 720; ++i) {
    std::filesystem::remove(root_.path() + "/one");
    if (i % 5 != 0) std::ofstream(root_.path() + "/one") << "1\n";
    if (i == 0) sampler_.start();
    if (i > 0) run_until(now_ + 10s);
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "dsn-agent: warning: sensor a: no number\n"
            "dsn-agent: sensor a works again\n"
            "dsn-agent: warning: sensor a: no number (failed 71 more times before)\n"
            "dsn-agent: sensor a works again\n");
  EXPECT_EQ(status_of("a").failures, 144U);
}

// A sensor that was pulled out within that hour is told of when it is over.
TEST_F(SamplerTest, LogsAFailureThatLastsAtLatestAfterAnHour) {
  ASSERT_TRUE(configure({file("a", 60s)}).empty());
  std::filesystem::remove(root_.path() + "/one");
  testing::internal::CaptureStderr();
  sampler_.start();
  std::ofstream(root_.path() + "/one") << "1\n";
  run_until(now_ + 60s);
  std::filesystem::remove(root_.path() + "/one");
  run_until(now_ + 2h);
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "dsn-agent: warning: sensor a: no number\n"
            "dsn-agent: sensor a works again\n"
            "dsn-agent: warning: sensor a: no number (failed 58 more times before)\n");
}

// protocol.md [sample-rate]
TEST_F(SamplerTest, SamplesOnRequestOnceASecond) {
  config::SensorConfig counter = file("counter", 60s);
  counter.processing.rate = true;
  ASSERT_TRUE(configure({file("a", 60s), counter}).empty());
  sampler_.start();
  std::vector<std::string> outcomes;
  const auto ask = [&](const std::string& key) {
    sampler_.sample_now(
        key, [&](const Result<void>& result) { outcomes.push_back(result ? "" : result.error()); });
    return outcomes.empty() ? "no answer" : outcomes.back();
  };
  EXPECT_EQ(ask("a"), "");
  EXPECT_EQ(status_of("a").samples, 1U) << "it was sampled just now";
  now_ += 1s;
  EXPECT_EQ(ask("a"), "");
  EXPECT_EQ(status_of("a").samples, 2U);
  EXPECT_EQ(ask("b"), "'b' is measured by no sensor of its node");
  EXPECT_EQ(ask("counter"),
            "'counter' is made of samples at equal intervals: none can be had between");
}

TEST_F(SamplerTest, TakesSensorsInAndOutWhileItRuns) {
  ASSERT_TRUE(configure({file("a"), file("b")}).empty());
  sampler_.start();
  run_until(now_ + 13s);
  ASSERT_TRUE(configure({file("c"), file("b")}).empty());
  EXPECT_EQ(held_, (Held{{"b", "set"}, {"c", "set"}}));
  EXPECT_EQ(status_of("b").samples, 2U);
  EXPECT_EQ(status_of("c").samples, 1U);
  ASSERT_EQ(sampler_.status().size(), 2U);
  EXPECT_EQ(sampler_.status()[0].key, "c");
  // The new one joins the turn of the other, so that they share a datagram.
  const std::size_t batches = batches_;
  run_until(now_ + 20s);
  EXPECT_EQ(batches_, batches + 2);
  EXPECT_EQ(taken_["c"].back(), taken_["b"].back());
  ASSERT_TRUE(configure({}).empty());
  EXPECT_TRUE(held_.empty());
  EXPECT_EQ(sampler_.next_due(), kNever);
  ASSERT_TRUE(configure({file("a")}).empty());
  EXPECT_EQ(held_, (Held{{"a", "set"}}));
}

TEST_F(SamplerTest, MakesAChangedSensorAnewAndKeepsItsKeyMeanwhile) {
  ASSERT_TRUE(configure({file("a"), file("b")}).empty());
  sampler_.start();
  run_until(now_ + 20s);
  config::SensorConfig changed = file("a");
  changed.options["path"] = "/none";
  ASSERT_TRUE(configure({changed, file("b")}).empty());
  EXPECT_EQ(held_, (Held{{"a", "failed"}, {"b", "set"}}));
  EXPECT_EQ(status_of("a").samples, 1U);
  EXPECT_EQ(status_of("b").samples, 3U);
}

TEST_F(SamplerTest, ChangesNothingForSensorsOfWhichOneIsWrong) {
  ASSERT_TRUE(configure({file("a")}).empty());
  sampler_.start();
  run_until(now_ + 20s);
  config::SensorConfig wrong = file("w");
  wrong.options["scale"] = "many";
  wrong.position = {"agent.yaml", 7, 3};
  config::SensorConfig wrong_too = file("v");
  wrong_too.driver = "none";
  wrong_too.position = {"agent.yaml", 8, 3};
  const std::vector<config::Finding> errors = configure({file("b"), wrong, wrong_too});
  ASSERT_EQ(errors.size(), 2U);
  EXPECT_TRUE(errors[0].to_string().starts_with("agent.yaml:7:3: ")) << errors[0].to_string();
  EXPECT_EQ(held_, (Held{{"a", "set"}}));
  EXPECT_EQ(status_of("a").samples, 3U);
  run_until(now_ + 10s);
  EXPECT_EQ(status_of("a").samples, 4U);
}

TEST_F(SamplerTest, LeavesTheKeyOfAnotherSensorAlone) {
  std::ofstream(root_.path() + "/two") << "2\n";
  ASSERT_TRUE(configure({file("a"), file("a/b")}).empty());
  sampler_.start();
  ASSERT_TRUE(configure({file("a/b")}).empty());
  EXPECT_EQ(held_, (Held{{"a/b", "set"}}));
}

// Ten sensors that are always the same, among others that come, go and change a thousand times.
TEST_F(SamplerTest, MissesNoSampleOfAnUntouchedSensorInAThousandReloads) {
  std::mt19937 random(42);
  const auto below = [&random](unsigned n) { return static_cast<unsigned>(random() % n); };
  std::vector<config::SensorConfig> steady;
  for (unsigned i = 0; i < 10; ++i) {
    steady.push_back(file("steady/" + std::to_string(i), Duration(100ms) * (i + 1)));
  }
  ASSERT_TRUE(configure(steady).empty());
  sampler_.start();
  const Instant begin = now_;
  for (int reload = 0; reload < 1000; ++reload) {
    std::vector<config::SensorConfig> sensors = steady;
    Held expected;
    for (const config::SensorConfig& sensor : steady) expected[sensor.key] = "set";
    for (unsigned i = 0; i < 20; ++i) {
      if (below(2) == 0) continue;
      sensors.push_back(file("loose/" + std::to_string(i), Duration(100ms) * (1 + below(30))));
      expected[sensors.back().key] = "set";
    }
    std::ranges::shuffle(sensors, random);
    ASSERT_TRUE(configure(sensors).empty());
    ASSERT_EQ(held_, expected);
    run_until(now_ + std::chrono::milliseconds(below(300)));
  }
  for (const config::SensorConfig& sensor : steady) {
    const std::vector<Instant>& taken = taken_[sensor.key];
    for (std::size_t i = 0; i < taken.size(); ++i) {
      ASSERT_EQ(taken[i], begin + Duration(sensor.every) * static_cast<int>(i)) << sensor.key;
    }
    EXPECT_GT(taken.back() + sensor.every, now_);
    EXPECT_EQ(status_of(sensor.key).samples, taken.size());
  }
}

/// A sensor that tells of changes by itself.
class Restless : public sensor::Sensor {
 public:
  explicit Restless(Changed& changed) : changed_(changed) {}
  void sample(Done done) override { done(level(false)); }
  void watch(const Changed& changed) override { changed_ = changed; }
  static Result<sensor::Measurements> level(bool active) {
    return sensor::Measurements{{"", Value::boolean(active), ""}};
  }

 private:
  Changed& changed_;
};

class RestlessTest : public SamplerTest {
 protected:
  void start(std::optional<bool> rate) {
    config::SensorConfig door = file("door");
    door.processing.rate = rate;
    ASSERT_TRUE(watcher_.configure({door}, "").empty());
    watcher_.start();
  }

  sensor::Sensor::Changed changed_;
  Sampler watcher_{io_, [this](std::span<const Write> writes) { commit(writes); },
                   [this] { return now_; },
                   [this](asio::io_context&, const sensor::SensorSpec&, const std::string&) {
                     return std::unique_ptr<sensor::Sensor>(std::make_unique<Restless>(changed_));
                   }};
};

TEST_F(RestlessTest, IsTakenAtOnceWhenItChanges) {
  start(std::nullopt);
  EXPECT_EQ(taken_["door"].size(), 1U);
  now_ += 2s;
  const std::size_t batches = batches_;
  changed_(Restless::level(true));
  EXPECT_EQ(taken_["door"].back(), now_);
  EXPECT_EQ(batches_, batches + 1);
  changed_(Error{"unplugged"});
  EXPECT_EQ(held_["door"], "failed");
  EXPECT_EQ(watcher_.status()[0].error, "unplugged");
  EXPECT_EQ(watcher_.next_due(), now_ + 8s);  // samples go on in their own time
}

TEST_F(RestlessTest, IsOnlySampledForARate) {
  start(true);
  EXPECT_FALSE(changed_);
}

}  // namespace
}  // namespace dsn::agent
