// SPDX-License-Identifier: Apache-2.0
// Sensors for programs without a loop of their own, such as `dsn check`.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "sensor/sensor.hpp"

namespace dsn::sensor {

/// Some sensors, which are sampled when somebody asks.
class SensorBench {
 public:
  /// What cannot be made answers every sample with the reason.
  SensorBench(const std::vector<SensorSpec>& specs, const std::string& root);
  ~SensorBench();
  SensorBench(const SensorBench&) = delete;
  SensorBench& operator=(const SensorBench&) = delete;

  /// Samples those that are `wanted`, all at once, and waits for them, but not longer than
  /// `deadline`. Nothing for the others.
  [[nodiscard]] std::vector<Result<Measurements>> sample(const std::vector<bool>& wanted,
                                                         std::chrono::milliseconds deadline);

 private:
  struct Loop;
  std::unique_ptr<Loop> loop_;  // after which the sensors go
  std::vector<Result<std::unique_ptr<Sensor>>> sensors_;
};

}  // namespace dsn::sensor
