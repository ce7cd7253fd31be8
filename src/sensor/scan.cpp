// SPDX-License-Identifier: Apache-2.0
#include "sensor/scan.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "base/built.hpp"
#include "sensor/attribute.hpp"
#include "sensor/drivers.hpp"
#include "sensor/iio_channel.hpp"
#include "sensor/sample_once.hpp"
#include "sensor/scan_hwmon.hpp"

namespace dsn::sensor {
namespace {

using Found = std::vector<FoundSensor>;

/// Longer than any driver waits, so that it is they who say what did not answer.
constexpr std::chrono::seconds kLongestWait{120};

/// Families of 1-wire chips that measure temperature, with their presets.
struct Family {
  std::string_view code;
  std::string_view preset;
};
constexpr std::array<Family, 5> kFamilies = {{
    {"10-", "ds18b20"},  // DS18S20
    {"22-", "ds18b20"},  // DS1822
    {"28-", "ds18b20"},
    {"3b-", ""},         // DS1825 and MAX31850, which reads thermocouples
    {"42-", "ds18b20"},  // DS28EA00
}};

void scan_w1(const std::string& root, Found& found) {
  for (const std::string& id : list_folder(root + "/sys/bus/w1/devices", "")) {
    const auto family = std::ranges::find_if(
        kFamilies, [&](const Family& candidate) { return id.starts_with(candidate.code); });
    if (family == kFamilies.end()) continue;
    found.push_back(
        {"w1", {{"id", id}}, "room/temperature", std::string(family->preset), "1-wire " + id});
  }
}

/// What a device with such channels measures, or where it most likely is.
std::string place_of(const std::vector<IioChannel>& channels, const std::string& name) {
  const auto has = [&](std::string_view suffix) {
    return std::ranges::find(channels, suffix, &IioChannel::suffix) != channels.end();
  };
  if (has("co2") || has("voc") || has("pm2_5") || has("humidity") || has("pressure")) return "air";
  if (has("temperature")) return "room";
  if (has("illuminance")) return "light";
  return key_part(name);
}

void scan_iio(const std::string& root, Found& found) {
  std::vector<FoundSensor> here;
  std::multiset<std::string> names;
  for (const IioDevice& device : iio_devices(root)) {
    const auto channels = iio_channels(device.folder);
    if (channels.empty()) continue;
    names.insert(device.name);
    here.push_back({"iio",
                    {{"name", device.name}, {"device", device.parent()}},
                    place_of(channels, device.name),
                    device.name,
                    "IIO " + device.name});
  }
  for (FoundSensor& sensor : here) {
    if (names.count(sensor.options["name"]) == 1) {
      sensor.options.erase("device");
    } else {
      sensor.title += " on " + sensor.options["device"];
    }
    found.push_back(std::move(sensor));
  }
}

/// Zones that hwmon shows too have a chip of their name there, with '_' for '-'.
void scan_thermal(const std::string& root, Found& found) {
  const std::string folder = root + "/sys/class/thermal";
  std::vector<std::string> types;
  for (const std::string& zone : list_folder(folder, "thermal_zone")) {
    if (auto type = read_attribute(folder + "/" + zone + "/type"))
      types.push_back(std::move(*type));
  }
  for (const std::string& type : types) {
    // Of several with one type none can be named.
    if (type.empty() || std::ranges::count(types, type) != 1) continue;
    std::string chip = type;
    std::ranges::replace(chip, '-', '_');
    if (type == "x86_pkg_temp") chip = "coretemp";  // of the same register of the processor
    const auto is_chip = [&](const FoundSensor& sensor) {
      const auto name = sensor.options.find("chip");
      return name != sensor.options.end() && name->second == chip;
    };
    if (std::ranges::any_of(found, is_chip)) continue;
    const bool is_cpu = type.find("cpu") != std::string::npos || type == "x86_pkg_temp";
    found.push_back({"thermal",
                     {{"type", type}},
                     (is_cpu ? "cpu" : key_part(type)) + "/temperature",
                     "",
                     "thermal " + type});
  }
}

void scan_rpi(const std::string& root, Found& found) {
  FoundSensor sensor{
      "rpi", {{"reading", "throttling"}}, "power", "rpi_throttled", "Raspberry Pi flags"};
  if (has_rpi_flags(root)) found.push_back(std::move(sensor));
}

/// A second `room/temperature` becomes `room2/temperature`.
void make_keys_unique(Found& found) {
  std::set<std::string> taken;
  for (FoundSensor& sensor : found) {
    const std::size_t slash = std::min(sensor.key.find('/'), sensor.key.size());
    const std::string place = sensor.key.substr(0, slash);
    const std::string rest = sensor.key.substr(slash);
    const auto is_taken = [&](const std::string& key) {
      // Neither the key itself nor what several values would make of it.
      return std::ranges::any_of(taken, [&](const std::string& other) {
        return other == key || other.starts_with(key + "/") || key.starts_with(other + "/");
      });
    };
    for (int number = 2; is_taken(sensor.key); ++number) {
      sensor.key = place + std::to_string(number) + rest;
    }
    taken.insert(sensor.key);
  }
}

/// All at once, each bus by itself.
void read_all(const std::string& root, Found& found) {
  std::vector<SensorSpec> specs;
  for (const FoundSensor& sensor : found) specs.push_back({sensor.driver, sensor.options, {}});
  SensorBench bench(specs, root);
  auto values = bench.sample(std::vector<bool>(found.size(), true), kLongestWait);
  for (std::size_t i = 0; i < found.size(); ++i) found[i].value = std::move(values[i]);
}

}  // namespace

std::string key_part(std::string_view name) {
  std::string part;
  for (char c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const bool is_letter = c >= 'a' && c <= 'z';
    const bool is_digit = c >= '0' && c <= '9';
    if (!is_letter && !is_digit) {
      if (!part.empty() && part.back() != '_') part += '_';
      continue;
    }
    if (part.empty() && is_digit) part += 'x';
    part += c;
  }
  while (part.ends_with('_')) part.pop_back();
  return part.empty() ? "sensor" : part.substr(0, 24);
}

std::vector<FoundSensor> scan(const std::string& root) {
  Found found;
  // What thermal zones and hwmon chips both show is left to hwmon.
  if constexpr (is_built("w1")) scan_w1(root, found);
  if constexpr (is_built("iio")) scan_iio(root, found);
  if constexpr (is_built("hwmon")) scan_hwmon(root, found);
  if constexpr (is_built("thermal")) scan_thermal(root, found);
  if constexpr (is_built("rpi")) scan_rpi(root, found);
  make_keys_unique(found);
  read_all(root, found);
  return found;
}

}  // namespace dsn::sensor
