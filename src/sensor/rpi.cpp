// SPDX-License-Identifier: Apache-2.0
// What a Raspberry Pi's firmware says of its power supply and temperature.
#include <algorithm>
#include <array>

#include "base/number_text.hpp"
#include "sensor/attribute.hpp"
#include "sensor/blocking.hpp"
#include "sensor/drivers.hpp"
#include "sensor/hwmon_chip.hpp"
#include "sensor/pick.hpp"

namespace dsn::sensor {
namespace {

/// The bits of `vcgencmd get_throttled`.
struct Flag {
  std::string_view name;
  int bit;
};
constexpr std::array<Flag, 8> kFlags = {{
    {"under_voltage", 0},
    {"frequency_capped", 1},
    {"throttled", 2},
    {"soft_temperature_limit", 3},
    {"under_voltage_occurred", 16},
    {"frequency_capped_occurred", 17},
    {"throttled_occurred", 18},
    {"soft_temperature_limit_occurred", 19},
}};
constexpr std::string_view kAll = "throttling";

std::optional<std::uint32_t> parse_hex(std::string_view text) {
  if (text.starts_with("0x")) text.remove_prefix(2);
  return number_of_hex<std::uint32_t>(text);
}

/// `soc/soc:firmware/get_throttled`, with addresses in the names on some boards.
std::string find_flags(const std::string& root) {
  const std::string platform = root + "/sys/devices/platform";
  for (const std::string& soc : list_folder(platform, "soc")) {
    for (const std::string& device : list_folder(platform + "/" + soc, "soc")) {
      const std::string folder = platform + "/" + soc + "/" + device;
      const auto files = list_folder(folder, "get_throttled");
      if (device.ends_with("firmware") && !files.empty()) return folder + "/" + files[0];
    }
  }
  return {};
}

/// The chip of the kernel's own driver, which asks the firmware every two seconds.
std::string find_monitor(const std::string& root) {
  for (const HwmonChip& chip : hwmon_chips(root)) {
    if (chip.name == "rpi_volt") return chip.folder;
  }
  return {};
}

class RpiReader : public Reader {
 public:
  RpiReader(std::string reading, std::string root)
      : reading_(std::move(reading)), root_(std::move(root)) {}

  Result<Measurements> read() override {
    const std::string path = find_flags(root_);
    auto flags = path.empty() ? read_monitor() : read_firmware(path);
    if (!flags || reading_ == kAll) return flags;
    const auto flag = std::ranges::find(*flags, reading_, &Measurement::suffix);
    if (flag == flags->end()) {
      return Error{"rpi: " + reading_ + ": this kernel knows under_voltage only"};
    }
    return Measurements{{"", flag->value, ""}};
  }

 private:
  static Result<Measurements> read_firmware(const std::string& path) {
    const auto text = read_attribute(path);
    if (!text) return text.failure().prefixed("rpi: ");
    const auto bits = parse_hex(*text);
    if (!bits)
      return Error{"rpi: " + path + ": holds no flags but '" + first_line_shown(*text, 40) + "'"};
    Measurements flags;
    for (const Flag& flag : kFlags) {
      flags.push_back({std::string(flag.name), Value::boolean((*bits >> flag.bit & 1) != 0), ""});
    }
    return flags;
  }

  [[nodiscard]] Result<Measurements> read_monitor() const {
    const std::string chip = find_monitor(root_);
    if (chip.empty()) {
      return Error{"rpi: neither get_throttled of the firmware nor hwmon chip 'rpi_volt' is here"};
    }
    const auto alarm = read_integer(chip + "/in0_lcrit_alarm");
    if (!alarm) return alarm.failure().prefixed("rpi: ");
    return Measurements{{"under_voltage", Value::boolean(*alarm != 0), ""}};
  }

  const std::string reading_;
  const std::string root_;
};

}  // namespace

bool has_rpi_flags(const std::string& root) {
  return !find_flags(root).empty() || !find_monitor(root).empty();
}

std::vector<std::string_view> rpi_readings() {
  auto names = names_of(kFlags);
  names.push_back(kAll);
  return names;
}

Made make_rpi(asio::io_context& io, const SensorSpec& spec, const std::string& root) {
  if (auto known = check_options(spec); !known) return known.failure();
  const std::string* reading = find_option(spec, "reading");
  if (reading == nullptr) return Error{"rpi: option 'reading' is missing"};
  const auto readings = rpi_readings();
  if (std::ranges::find(readings, *reading) == readings.end()) {
    return unknown("rpi: unknown reading", *reading, readings);
  }
  return make_blocking(io, {"rpi", "rpi"}, std::make_shared<RpiReader>(*reading, root));
}

}  // namespace dsn::sensor
