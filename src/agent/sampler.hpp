// SPDX-License-Identifier: Apache-2.0
// Samples the configured sensors at their intervals and turns what they say into writes.
#pragma once

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "config/config.hpp"
#include "core/own_state.hpp"
#include "dsn/status.hpp"
#include "sensor/processor.hpp"
#include "sensor/sensor.hpp"

namespace dsn::agent {

/// Samples that are answered in one turn of the loop go out as one batch. A sensor that fails
/// keeps its keys, with the cause; the first failure after a success is logged, and the first
/// success after a failure.
class Sampler {
 public:
  using Commit = std::function<void(std::span<const Write>)>;
  Sampler(asio::io_context& io, Commit commit);
  Sampler(const Sampler&) = delete;
  Sampler& operator=(const Sampler&) = delete;

  /// Makes the sensor; an error names what is wrong with its options.
  Result<void> add(const config::SensorConfig& config, const std::string& root);
  /// Takes the first samples now.
  void start();
  void stop();

  [[nodiscard]] std::vector<SensorStatus> status() const;

 private:
  struct Job {
    config::SensorConfig config;
    std::unique_ptr<sensor::Sensor> sensor;
    Instant due{};
    SensorStatus status;
    std::map<std::string, sensor::Processor> processors;  // of each value, by its suffix
  };

  void run_due();
  void arm();
  void handle_timer(const std::error_code& error);
  void take(std::size_t index, const Result<sensor::Measurements>& result);
  void take_values(Job& job, const sensor::Measurements& measurements);
  void take_value(Job& job, const sensor::Measurement& measurement);
  void take_failure(Job& job, const std::string& cause);
  void add_failure(Job& job, const std::string& suffix, const std::string& cause);
  void flush();

  asio::io_context& io_;
  Commit commit_;
  asio::steady_timer timer_;
  std::vector<std::unique_ptr<Job>> jobs_;
  std::vector<Write> batch_;
  bool collecting_ = false;  // within a turn: the batch goes out at its end
};

}  // namespace dsn::agent
