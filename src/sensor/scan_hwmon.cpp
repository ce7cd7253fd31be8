// SPDX-License-Identifier: Apache-2.0
#include "sensor/scan_hwmon.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "base/bytes.hpp"
#include "base/utf8.hpp"
#include "sensor/attribute.hpp"
#include "sensor/hwmon_chip.hpp"

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

// As the catalogue of drivers has it.
constexpr std::size_t kLabelSizeMax = 64;

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
  HwmonChip hwmon;
  std::string device;     ///< a lasting part of its path; empty: it is no device
  bool is_single = true;  ///< no other has its name
};

const KnownInput* find_known(const Chip& chip, const std::string& input, const std::string& label) {
  const auto known = std::ranges::find_if(kKnown, [&](const KnownInput& one) {
    return one.chip == chip.hwmon.name && (one.input == input || one.input == label);
  });
  return known != kKnown.end() ? &*known : nullptr;
}

/// Whether the option `label` can hold it.
bool is_fit_label(const std::string& label) {
  return !label.empty() && label.size() <= kLabelSizeMax && is_utf8(as_bytes(label)) &&
         label.find_first_of("\n\r\t") == std::string::npos;
}

FoundSensor describe(const Chip& chip, const KnownInput* known, const Quantity& quantity,
                     const std::string& input, const std::string& label) {
  FoundSensor sensor;
  sensor.driver = "hwmon";
  sensor.options = {{"chip", chip.hwmon.name}};
  const std::string& shown = is_fit_label(label) ? label : input;
  if (known != nullptr) {
    sensor.key = std::string(known->place) + "/" + std::string(quantity.name);
    sensor.preset = known->preset;
  } else {
    sensor.key = key_part(chip.hwmon.name) + "/" + key_part(shown);
  }
  // Presets name inputs.
  const bool by_label = is_fit_label(label) && sensor.preset.empty();
  sensor.options.emplace(by_label ? "label" : "input", by_label ? label : input);
  if (!chip.is_single && !chip.device.empty()) sensor.options.emplace("device", chip.device);
  sensor.title = "hwmon " + chip.hwmon.name + " " + shown;
  if (!chip.is_single) sensor.title += " on " + chip.device;
  return sensor;
}

void scan_chip(const Chip& chip, std::vector<FoundSensor>& found) {
  const bool is_known = std::ranges::count(kKnown, chip.hwmon.name, &KnownInput::chip) > 0;
  for (const Quantity& quantity : kQuantities) {
    std::multiset<std::string> labels;
    std::vector<std::pair<std::string, std::string>> inputs;  // with their labels
    for (const std::string& file : list_folder(chip.hwmon.folder, quantity.input)) {
      if (!file.ends_with("_input")) continue;
      const std::string input = file.substr(0, file.size() - 6);
      if (!to_integer(std::string_view(input).substr(quantity.input.size()))) continue;
      const auto label = read_attribute(chip.hwmon.folder + "/" + input + "_label");
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

/// By what the chip is told from others of its name, and stays the same at each start.
void name_device(const std::vector<Chip>& chips, Chip& chip) {
  std::vector<std::string> paths;
  std::size_t own = 0;
  for (const Chip& other : chips) {
    if (other.hwmon.name != chip.hwmon.name) continue;
    if (&other == &chip) own = paths.size();
    paths.push_back(other.hwmon.path);
  }
  chip.is_single = paths.size() == 1;
  chip.device = lasting_part(paths, own);
}

}  // namespace

void scan_hwmon(const std::string& root, std::vector<FoundSensor>& found) {
  std::vector<Chip> chips;
  for (HwmonChip& hwmon : hwmon_chips(root)) {
    if (std::ranges::find(kElsewhere, hwmon.name) == kElsewhere.end()) {
      chips.push_back({std::move(hwmon), ""});
    }
  }
  for (Chip& chip : chips) name_device(chips, chip);
  for (const Chip& chip : chips) scan_chip(chip, found);
}

}  // namespace dsn::sensor
