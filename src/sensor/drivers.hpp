// SPDX-License-Identifier: Apache-2.0
// What the drivers offer to make_sensor(), to each other and to their tests.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sensor/device_port.hpp"
#include "sensor/sensor.hpp"

namespace dsn::sensor {

using Made = Result<std::unique_ptr<Sensor>>;

/// A sensor whose reading never blocks.
class QuickSensor : public Sensor {
 public:
  /// `done` may destroy the sensor, so nothing of it is used after the call.
  void sample(Done done) final { done(read()); }

 private:
  virtual Result<Measurements> read() = 0;
};

/// Makes a sensor of one driver, whose options the catalogue lists.
using Make = Made(asio::io_context& io, const SensorSpec& spec, const std::string& root);

Make make_proc;
Make make_thermal;
Make make_hwmon;
Make make_w1;
Make make_iio;
Make make_gpio;
Make make_i2c;
Make make_rpi;
Make make_file;
Make make_exec;

/// The same with a stand-in for the devices of the kernel.
[[nodiscard]] Made make_gpio(asio::io_context& io, const SensorSpec& spec, const std::string& root,
                             std::shared_ptr<DevicePort> port);
[[nodiscard]] Made make_i2c(asio::io_context& io, const SensorSpec& spec, const std::string& root,
                            std::shared_ptr<DevicePort> port);

struct ExecSettings {
  std::chrono::milliseconds grace{1000};  ///< from SIGTERM to SIGKILL
  bool use_pidfd = true;  ///< without (Linux before 5.3) the end of the program is polled for
};
[[nodiscard]] Made make_exec(asio::io_context& io, const SensorSpec& spec,
                             const ExecSettings& settings);

/// Readings and counters by name, for messages and the documentation's test.
[[nodiscard]] std::vector<std::string_view> proc_readings();
[[nodiscard]] std::vector<std::string_view> net_counters();
[[nodiscard]] std::vector<std::string_view> disk_counters();
[[nodiscard]] std::vector<std::string_view> mount_readings();
[[nodiscard]] std::vector<std::string_view> pressure_readings();
[[nodiscard]] std::vector<std::string_view> rpi_readings();
[[nodiscard]] std::vector<std::string_view> i2c_formats();

// Parts of the proc driver.
[[nodiscard]] std::unique_ptr<Sensor> make_cpu_usage(const std::string& root);
[[nodiscard]] Made make_net_counter(const std::string& interface_name, const std::string& counter,
                                    const std::string& root);
[[nodiscard]] Made make_disk_counter(const std::string& disk, const std::string& counter,
                                     const std::string& root);
[[nodiscard]] Made make_mount(asio::io_context& io, const SensorSpec& spec,
                              const std::string& reading, const std::string& root);
[[nodiscard]] Made make_pressure(const std::string& resource, const std::string& reading,
                                 const std::string& root);

/// Whether any flag of a Raspberry Pi can be read.
[[nodiscard]] bool has_rpi_flags(const std::string& root);

/// The text of an option; nullptr if it is not given.
[[nodiscard]] const std::string* find_option(const SensorSpec& spec, const std::string& name);

/// The Error names an option that the catalogue does not list for the driver.
[[nodiscard]] Result<void> check_options(const SensorSpec& spec);

}  // namespace dsn::sensor
