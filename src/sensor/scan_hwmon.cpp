// SPDX-License-Identifier: Apache-2.0
#include "sensor/scan_hwmon.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "sensor/attribute.hpp"
#include "sensor/drivers.hpp"

namespace dsn::sensor {
namespace {

/// Inputs, by name or label, of which it is known where they sit. Others of such a chip say little.
struct KnownInput {
  std::string_view chip;
  std::string_view input;
  std::string_view place;
  std::string_view preset;
};
constexpr std::array<KnownInput, 17> kKnown = {{
    {"cpu_thermal", "temp1", "cpu", ""},
    {"coretemp", "Package id 0", "cpu", "coretemp"},
    {"k10temp", "Tctl", "cpu", "k10temp"},
    {"nvme", "Composite", "disk", "nvme"},
    {"drivetemp", "temp1", "disk", ""},
    {"jc42", "temp1", "board", "jc42"},
    {"lm75", "temp1", "board", "lm75"},
    {"tmp102", "temp1", "board", "tmp102"},
    {"sht3x", "temp1", "room", "sht3x"},
    {"sht3x", "humidity1", "room", "sht3x_humidity"},
    {"sht4x", "temp1", "room", "sht4x"},
    {"sht4x", "humidity1", "room", "sht4x_humidity"},
    {"aht20", "temp1", "room", "aht20"},
    {"aht20", "humidity1", "room", "aht20_humidity"},
    {"ina219", "in1", "supply", "ina219_voltage"},
    {"ina219", "curr1", "supply", "ina219"},
    {"ina219", "power1", "supply", "ina219_power"},
}};
/// Found by their own drivers.
constexpr std::array<std::string_view, 2> kElsewhere = {"w1_slave_temp", "rpi_volt"};

struct Quantity {
  std::string_view input;
  std::string_view name;
};
constexpr std::array<Quantity, 6> kQuantities = {{
    {"temp", "temperature"},
    {"humidity", "humidity"},
    {"in", "voltage"},
    {"curr", "current"},
    {"power", "power"},
    {"fan", "speed"},
}};

struct Chip {
  std::string folder;
  std::string name;
  std::string device;
  bool is_single = true;  ///< no other has its name
};

const KnownInput* find_known(const Chip& chip, const std::string& input, const std::string& label) {
  const auto known = std::ranges::find_if(kKnown, [&](const KnownInput& one) {
    return one.chip == chip.name && (one.input == input || one.input == label);
  });
  return known != kKnown.end() ? &*known : nullptr;
}

FoundSensor describe(const Chip& chip, const KnownInput* known, const Quantity& quantity,
                     const std::string& input, const std::string& label) {
  FoundSensor sensor;
  sensor.driver = "hwmon";
  sensor.options = {{"chip", chip.name}};
  const std::string& shown = label.empty() ? input : label;
  if (known != nullptr) {
    sensor.key = std::string(known->place) + "/" + std::string(quantity.name);
    sensor.preset = known->preset;
  } else {
    sensor.key = key_part(chip.name) + "/" + key_part(shown);
  }
  // Presets name inputs.
  const bool by_label = !label.empty() && sensor.preset.empty();
  sensor.options.emplace(by_label ? "label" : "input", by_label ? label : input);
  if (!chip.is_single && !chip.device.empty()) sensor.options.emplace("device", chip.device);
  sensor.title = "hwmon " + chip.name + " " + shown;
  if (!chip.is_single) sensor.title += " on " + chip.device;
  return sensor;
}

void scan_chip(const Chip& chip, std::vector<FoundSensor>& found) {
  const bool is_known = std::ranges::find(kKnown, chip.name, &KnownInput::chip) != kKnown.end();
  for (const Quantity& quantity : kQuantities) {
    std::multiset<std::string> labels;
    std::vector<std::pair<std::string, std::string>> inputs;  // with their labels
    for (const std::string& file : list_folder(chip.folder, quantity.input)) {
      if (!file.ends_with("_input")) continue;
      const std::string input = file.substr(0, file.size() - 6);
      if (!to_integer(std::string_view(input).substr(quantity.input.size()))) continue;
      const auto label = read_attribute(chip.folder + "/" + input + "_label");
      inputs.emplace_back(input, label.ok() ? *label : "");
      labels.insert(inputs.back().second);
    }
    for (auto& [input, label] : inputs) {
      if (labels.count(label) > 1) label.clear();  // it does not tell them apart
      const KnownInput* known = find_known(chip, input, label);
      if (is_known && known == nullptr) continue;
      found.push_back(describe(chip, known, quantity, input, label));
    }
  }
}

}  // namespace

void scan_hwmon(const std::string& root, std::vector<FoundSensor>& found) {
  const std::string folder = root + "/sys/class/hwmon";
  std::vector<Chip> chips;
  for (const std::string& entry : list_folder(folder, "hwmon")) {
    auto name = read_attribute(folder + "/" + entry + "/name");
    if (!name || name->empty() || std::ranges::find(kElsewhere, *name) != kElsewhere.end())
      continue;
    Chip chip{folder + "/" + entry, std::move(*name), hwmon_device(folder + "/" + entry)};
    for (Chip& other : chips) {
      if (other.name == chip.name) other.is_single = chip.is_single = false;
    }
    chips.push_back(std::move(chip));
  }
  for (const Chip& chip : chips) scan_chip(chip, found);
}

}  // namespace dsn::sensor
