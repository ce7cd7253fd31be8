// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "base/built.hpp"
#include "sensor/catalogue.hpp"
#include "sensor/drivers.hpp"
#include "sensor/pick.hpp"

namespace dsn::sensor {
namespace {

constexpr std::size_t kOptionsMax = 8;

struct Row {
  std::string_view name;
  Make* make;  ///< nullptr: the driver was left out of this build
  std::array<std::string_view, kOptionsMax> options{};
};

// At compile time, so that nothing refers to a driver that was left out.
consteval Row row(std::string_view name, Make* make) {
  Row result{name, is_built(name) ? make : nullptr};
  std::ranges::transform(find_driver(name)->options, result.options.begin(), &DriverOption::name);
  return result;
}

constexpr std::array kRows = {
    row("proc", make_proc), row("thermal", make_thermal), row("hwmon", make_hwmon),
    row("w1", make_w1),     row("iio", make_iio),         row("gpio", make_gpio),
    row("i2c", make_i2c),   row("rpi", make_rpi),         row("file", make_file),
    row("exec", make_exec),
};
static_assert(std::ranges::equal(kRows, kDrivers, {}, &Row::name, &Driver::name));

}  // namespace

const std::string* find_option(const SensorSpec& spec, const std::string& name) {
  const auto found = spec.options.find(name);
  return found == spec.options.end() ? nullptr : &found->second;
}

Result<void> check_options(const SensorSpec& spec) {
  const auto driver = pick(kRows, spec.driver, "unknown driver");
  if (!driver) return driver.failure();
  const auto& all = (*driver)->options;
  const std::span<const std::string_view> known(all.begin(), std::ranges::find(all, ""));
  for (const auto& [name, value] : spec.options) {
    if (std::ranges::find(known, name) != known.end()) continue;
    return unknown(spec.driver + ": unknown option", name, known);
  }
  return {};
}

Result<std::unique_ptr<Sensor>> make_sensor(asio::io_context& io, const SensorSpec& spec,
                                            const std::string& root) {
  const auto driver = pick(kRows, spec.driver, "unknown driver");
  if (!driver) return driver.failure();
  if ((*driver)->make == nullptr) {
    return Error{"this program was built without the driver '" + spec.driver + "' (-Ddrivers)"};
  }
  return (*driver)->make(io, spec, root);
}

}  // namespace dsn::sensor
