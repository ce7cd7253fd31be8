// SPDX-License-Identifier: Apache-2.0
// Sensors for programs without a loop of their own, such as `dsn check`.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "sensor/sensor.hpp"

namespace dsn::sensor {

/// Some sensors that are sampled on demand.
class SensorBench {
 public:
  /// A sensor that cannot be made answers every sample with the reason.
  SensorBench(const std::vector<SensorSpec>& specs, const std::string& root);
  ~SensorBench();
  SensorBench(const SensorBench&) = delete;
  SensorBench& operator=(const SensorBench&) = delete;

  /// Why the sensor cannot be made, and no agent would start with it; empty if it can.
  [[nodiscard]] std::string refusal(std::size_t index) const;

  /// Samples the `wanted` sensors, all at once, and waits for them, but not longer than `deadline`.
  /// The answers of the others have no meaning.
  [[nodiscard]] std::vector<Result<Measurements>> sample(const std::vector<bool>& wanted,
                                                         std::chrono::milliseconds deadline);

 private:
  struct Loop;
  std::unique_ptr<Loop> loop_;  // outlives the sensors
  std::vector<Result<std::unique_ptr<Sensor>>> sensors_;
};

}  // namespace dsn::sensor
