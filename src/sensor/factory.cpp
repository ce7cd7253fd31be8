// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "base/built.hpp"
#include "base/suggest.hpp"
#include "sensor/drivers.hpp"

namespace dsn::sensor {
namespace {

// At compile time, so that nothing refers to a driver that was left out.
consteval bool has(std::string_view driver) { return is_built(driver); }

}  // namespace

const std::string* find_option(const SensorSpec& spec, const std::string& name) {
  const auto found = spec.options.find(name);
  return found == spec.options.end() ? nullptr : &found->second;
}

Result<void> check_options(const SensorSpec& spec, std::initializer_list<std::string_view> known) {
  const std::vector<std::string_view> names(known);
  for (const auto& [name, value] : spec.options) {
    bool is_known = false;
    for (const std::string_view candidate : names) is_known = is_known || candidate == name;
    if (is_known) continue;
    return Error{spec.driver + ": unknown option '" + name + "'" + did_you_mean(name, names)};
  }
  return {};
}

Result<std::unique_ptr<Sensor>> make_sensor(asio::io_context& io, const SensorSpec& spec,
                                            const std::string& root) {
  if (has("proc") && spec.driver == "proc") return make_proc(io, spec, root);
  if (has("thermal") && spec.driver == "thermal") return make_thermal(spec, root);
  if (has("hwmon") && spec.driver == "hwmon") return make_hwmon(io, spec, root);
  if (has("w1") && spec.driver == "w1") return make_w1(io, spec, root);
  if (has("iio") && spec.driver == "iio") return make_iio(io, spec, root);
  if (has("gpio") && spec.driver == "gpio") return make_gpio(io, spec, root);
  if (has("i2c") && spec.driver == "i2c") return make_i2c(io, spec, root);
  if (has("rpi") && spec.driver == "rpi") return make_rpi(io, spec, root);
  if (has("file") && spec.driver == "file") return make_file(spec, root);
  if (has("exec") && spec.driver == "exec") return make_exec(io, spec);
  constexpr std::array<std::string_view, 10> kDrivers = {
      "proc", "thermal", "hwmon", "w1", "iio", "gpio", "i2c", "rpi", "file", "exec"};
  return Error{"unknown driver '" + spec.driver + "'" + did_you_mean(spec.driver, kDrivers)};
}

}  // namespace dsn::sensor
