// SPDX-License-Identifier: Apache-2.0
#include "sensor/scan_hwmon.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "sensor/attribute.hpp"
#include "sensor/drivers.hpp"

namespace dsn::sensor {
namespace {

/// Chips of which it is known where they sit, or what of them matters.
struct KnownChip {
  std::string_view name;
  std::string_view place;
  std::string_view only;  ///< inputs or labels, separated by '|'; empty: all
  bool has_preset = false;
};
constexpr std::array<KnownChip, 13> kChips = {{
    {"cpu_thermal", "cpu", "temp1"},
    {"coretemp", "cpu", "Package id 0"},
    {"k10temp", "cpu", "Tctl"},
    {"nvme", "disk", "Composite"},
    {"drivetemp", "disk", "temp1"},
    {"jc42", "board", "temp1"},
    {"sht3x", "room", "temp1|humidity1", true},
    {"shtc1", "room", "temp1|humidity1", true},
    {"shtc3", "room", "temp1|humidity1", true},
    {"sht4x", "room", "temp1|humidity1", true},
    {"aht10", "room", "temp1|humidity1", true},
    {"ina219", "supply", "in1|curr1|power1", true},
    {"ina226", "supply", "in1|curr1|power1", true},
}};
/// Found by their own drivers.
constexpr std::array<std::string_view, 2> kElsewhere = {"w1_slave_temp", "rpi_volt"};

struct Kind {
  std::string_view input;
  std::string_view quantity;
};
constexpr std::array<Kind, 6> kKinds = {{
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

bool is_wanted(const KnownChip* known, const std::string& input, const std::string& label) {
  if (known == nullptr || known->only.empty()) return true;
  std::string_view rest = known->only;
  while (!rest.empty()) {
    const std::string_view one = rest.substr(0, std::min(rest.find('|'), rest.size()));
    rest.remove_prefix(std::min(one.size() + 1, rest.size()));
    if (one == input || one == label) return true;
  }
  return false;
}

FoundSensor describe(const Chip& chip, const KnownChip* known, const Kind& kind,
                     const std::string& input, const std::string& label) {
  FoundSensor sensor;
  sensor.driver = "hwmon";
  sensor.options = {{"chip", chip.name}};
  sensor.options.emplace(label.empty() ? "input" : "label", label.empty() ? input : label);
  if (!chip.is_single && !chip.device.empty()) sensor.options.emplace("device", chip.device);
  if (known != nullptr) {
    sensor.key = std::string(known->place) + "/" + std::string(kind.quantity);
    if (known->has_preset) sensor.preset = chip.name;
  } else {
    sensor.key = key_part(chip.name) + "/" + (label.empty() ? input : key_part(label));
  }
  sensor.title = "hwmon " + chip.name + " " + (label.empty() ? input : label);
  if (!chip.is_single) sensor.title += " on " + chip.device;
  return sensor;
}

void scan_chip(const Chip& chip, std::vector<FoundSensor>& found) {
  const auto known = std::ranges::find(kChips, chip.name, &KnownChip::name);
  for (const Kind& kind : kKinds) {
    std::multiset<std::string> labels;
    std::vector<std::pair<std::string, std::string>> inputs;  // with their labels
    for (const std::string& file : list_folder(chip.folder, kind.input)) {
      if (!file.ends_with("_input")) continue;
      const std::string input = file.substr(0, file.size() - 6);
      if (!to_integer(std::string_view(input).substr(kind.input.size()))) continue;
      const auto label = read_attribute(chip.folder + "/" + input + "_label");
      inputs.emplace_back(input, label.ok() ? *label : "");
      labels.insert(inputs.back().second);
    }
    for (auto& [input, label] : inputs) {
      if (labels.count(label) > 1) label.clear();  // it does not tell them apart
      const KnownChip* entry = known != kChips.end() ? known : nullptr;
      if (is_wanted(entry, input, label))
        found.push_back(describe(chip, entry, kind, input, label));
    }
  }
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
