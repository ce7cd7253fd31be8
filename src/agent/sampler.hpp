// SPDX-License-Identifier: Apache-2.0
// Samples the configured sensors at their intervals and turns their values into writes.
#pragma once

#include <asio/io_context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "config/config.hpp"
#include "core/state/own_state.hpp"
#include "dsn/status.hpp"
#include "loop/alive.hpp"
#include "loop/handles.hpp"
#include "node/clock.hpp"
#include "sensor/sensor.hpp"
#include "sensor/value_processor.hpp"

namespace dsn::agent {

/// Works in virtual time as well: with another clock, and run_due() called at next_due().
///
/// Samples that are answered in one turn of the loop go out as one batch. A sensor that fails
/// keeps its keys, with the cause; the first failure after a success is logged, and the first
/// success after a failure, but of a sensor that flaps only what happens first in an hour, with a
/// count of the rest.
class Sampler {
 public:
  using Commit = std::function<void(std::span<const core::Write>)>;
  using Clock = std::function<Instant()>;
  using Make = std::function<Result<std::unique_ptr<sensor::Sensor>>(
      asio::io_context&, const sensor::SensorSpec&, const std::string& root)>;
  Sampler(asio::io_context& io, Commit commit, Clock clock = node::now,
          Make make = sensor::make_sensor);
  Sampler(const Sampler&) = delete;
  Sampler& operator=(const Sampler&) = delete;

  /// Replaces the sensors, or says what is wrong with the new ones and changes nothing. A sensor
  /// whose configuration is unchanged goes on as it is. The keys of a sensor that is gone are
  /// unset, and its program is killed. Any other is made anew. `root` stands before each path that
  /// sensors read.
  [[nodiscard]] std::vector<config::Finding> configure(
      const std::vector<config::SensorConfig>& sensors, const std::string& root);
  /// Takes the first samples now.
  void start();
  void stop();

  [[nodiscard]] std::vector<SensorStatus> status() const;
  /// Has the sensor of a key sampled, at most once a second, and calls `done` when its values are
  /// committed; an Error says why there are none.
  using Sampled = std::function<void(const Result<void>&)>;
  void sample_now(const std::string& key, Sampled done);
  /// The sensor that measures the key, as it is named in the configuration.
  [[nodiscard]] std::optional<std::string> sensor_of(const std::string& key) const;
  /// kNever if there is no sensor.
  [[nodiscard]] Instant next_due() const;
  void run_due();

 private:
  struct Job {
    config::SensorConfig config;
    std::unique_ptr<sensor::Sensor> sensor;
    Instant due{};
    Instant sampled{};               // when the last sample ended
    bool samples = false;            // a sample is under way
    std::vector<Sampled> asked_for;  // who waits for it
    SensorStatus status;
    Instant quiet_until{};       // no failure is logged before
    bool is_logged = false;      // the present failure
    std::uint64_t unlogged = 0;  // failures since the last line
    std::set<std::string> keys;  // that the sensor has ever set
    bool inherited = false;      // `keys` are those of the sensor that it replaced
    std::map<std::string, sensor::ValueProcessor> processors;  // of each value, by its suffix
  };
  using Jobs = std::vector<std::unique_ptr<Job>>;

  [[nodiscard]] Result<std::unique_ptr<Job>> make_job(const config::SensorConfig& config,
                                                      const std::string& root);
  void replace(const std::vector<config::SensorConfig>& sensors, Jobs made);
  /// Removes a key that no sensor has any more.
  void unset_orphan(const std::string& key);
  /// Takes the first samples of new sensors, and puts them in step with those of the same interval.
  void begin(const std::vector<Job*>& fresh);
  void watch(Job& job);
  void sample(Job& job);
  void handle_sample(Job& job, const Result<sensor::Measurements>& result);
  [[nodiscard]] Job* job_of(const std::string& key) const;
  void arm();
  void handle_timer(const std::error_code& error);
  void handle_result(Job& job, const Result<sensor::Measurements>& result);
  void handle_values(Job& job, const sensor::Measurements& measurements);
  void add_value(Job& job, const sensor::Measurement& measurement);
  void handle_failure(Job& job, const std::string& cause);
  void log_failure(Job& job, const std::string& cause);
  void add_failure(const Job& job, const std::string& key, const std::string& cause);
  void flush();

  asio::io_context& io_;
  Commit commit_;
  loop::Timer timer_;
  Clock clock_;
  Make make_;
  Jobs jobs_;
  bool running_ = false;
  std::vector<core::Write> batch_;
  bool collecting_ = false;  // within a turn, at the end of which the batch goes out
  loop::Alive alive_;
};

}  // namespace dsn::agent
