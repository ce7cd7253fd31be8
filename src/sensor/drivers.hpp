// SPDX-License-Identifier: Apache-2.0
// The drivers, for make_sensor() and their tests.
#pragma once

#include <chrono>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sensor/sensor.hpp"

namespace dsn::sensor {

using Made = Result<std::unique_ptr<Sensor>>;

/// A sensor that the kernel answers at once.
class QuickSensor : public Sensor {
 public:
  /// `done` may destroy the sensor: nothing of it is used after the call.
  void sample(Done done) final { done(read()); }

 private:
  virtual Result<Measurements> read() = 0;
};

/// Options: reading, or net and counter.
[[nodiscard]] Made make_proc(const SensorSpec& spec, const std::string& root);
/// Options: type.
[[nodiscard]] Made make_thermal(const SensorSpec& spec, const std::string& root);
/// Options: chip, input or label, and device if several chips have the name.
[[nodiscard]] Made make_hwmon(const SensorSpec& spec, const std::string& root);
/// Options: path.
[[nodiscard]] Made make_file(const SensorSpec& spec, const std::string& root);

struct ExecSettings {
  /// From SIGTERM to SIGKILL.
  std::chrono::milliseconds grace{1000};
  /// Without (Linux before 5.3) the end of the program is polled for.
  bool use_pidfd = true;
};
/// No options but the command and its timeout.
[[nodiscard]] Made make_exec(asio::io_context& io, const SensorSpec& spec,
                             const ExecSettings& settings = {});

/// proc's readings and counters by name, for messages and the documentation's test.
[[nodiscard]] std::vector<std::string_view> proc_readings();
[[nodiscard]] std::vector<std::string_view> net_counters();

// Parts of the proc driver.
[[nodiscard]] std::unique_ptr<Sensor> make_cpu_usage(const std::string& root);
[[nodiscard]] Made make_net_counter(const std::string& interface_name, const std::string& counter,
                                    const std::string& root);

/// An option, or nothing if it is not given.
[[nodiscard]] const std::string* find_option(const SensorSpec& spec, const std::string& name);

/// Whether the options are among `known`, with a suggestion if one is not.
[[nodiscard]] Result<void> check_options(const SensorSpec& spec,
                                         std::initializer_list<std::string_view> known);

}  // namespace dsn::sensor
