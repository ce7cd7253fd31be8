// SPDX-License-Identifier: Apache-2.0
// Hardware monitoring chips, by name and label (Documentation/hwmon/sysfs-interface.rst): their
// numbers depend on the order in which drivers were loaded.

#include <algorithm>
#include <array>

#include "sensor/attribute.hpp"
#include "sensor/blocking.hpp"
#include "sensor/drivers.hpp"
#include "sensor/pick.hpp"

namespace dsn::sensor {
namespace {

/// How the kernel scales each kind of input.
struct InputKind {
  std::string_view name;
  double divisor;
  std::string_view unit;
};

constexpr std::array<InputKind, 8> kHwmonKinds = {{
    {"temp", 1000.0, "Cel"},
    {"in", 1000.0, "V"},
    {"curr", 1000.0, "A"},
    {"power", 1e6, "W"},
    {"energy", 1e6, "J"},
    {"humidity", 1000.0, "%RH"},
    {"fan", 1.0, "1/min"},
    {"freq", 1.0, "Hz"},
}};

/// `temp1`, `temp1_input`, `temp1_average`, `in0_lcrit_alarm`: kind, channel, attribute.
struct Input {
  std::string channel;    ///< "temp1"
  std::string attribute;  ///< "input", "average", "lcrit_alarm", or empty
  const InputKind* kind = nullptr;

  [[nodiscard]] bool is_alarm() const { return attribute.ends_with("alarm"); }
};

Result<Input> parse_input(const std::string& text) {
  Input input;
  const std::size_t underscore = std::min(text.find('_'), text.size());
  input.channel = text.substr(0, underscore);
  if (underscore < text.size()) input.attribute = text.substr(underscore + 1);
  const std::size_t digits =
      std::min(input.channel.find_first_of("0123456789"), input.channel.size());
  const std::string kind = input.channel.substr(0, digits);
  const auto known = std::ranges::find(kHwmonKinds, kind, &InputKind::name);
  if (known == kHwmonKinds.end() || !to_integer(input.channel.substr(kind.size()))) {
    return Error{"hwmon: '" + text + "' is no input such as temp1, in0 or fan2" +
                 did_you_mean(kind, names_of(kHwmonKinds))};
  }
  input.kind = &*known;
  const bool is_name =
      input.attribute.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string::npos;
  if (text.ends_with('_') || !is_name ||
      (!input.attribute.empty() && input.attribute != "input" && input.attribute != "average" &&
       !input.is_alarm())) {
    return Error{"hwmon: '" + text + "' is neither an input, an average nor an alarm"};
  }
  return input;
}

struct HwmonSelection {
  std::string chip;
  std::string device;          ///< empty: any
  std::optional<Input> input;  ///< or:
  std::string label;
};

class HwmonReader : public Reader {
 public:
  HwmonReader(HwmonSelection selection, std::string root)
      : selection_(std::move(selection)), folder_(std::move(root) + "/sys/class/hwmon") {}

  Result<Measurements> read() override {
    const auto source = find_source();
    if (!source) return source.failure();
    const Input& input = source->input;
    const std::string channel = source->chip.folder + "/" + input.channel;
    const auto fault = read_integer(channel + "_fault");
    if (fault.ok() && *fault != 0) {
      return Error{"hwmon: " + selection_.chip + " " + input.channel + ": the probe is faulty"};
    }
    const std::string attribute = input.attribute.empty() ? "input" : input.attribute;
    auto raw = read_integer(channel + "_" + attribute);
    if (!raw && input.attribute.empty()) {
      // Some power meters have an average only. If not that either, the first cause tells more.
      if (auto average = read_integer(channel + "_average")) raw = std::move(average);
    }
    if (!raw) return raw.failure().prefixed("hwmon: ");
    if (input.is_alarm()) return Measurements{{"", Value::boolean(*raw != 0), ""}};
    const double divisor = input.kind->divisor;
    Value value =
        divisor == 1.0 ? Value::integer(*raw) : Value::real(static_cast<double>(*raw) / divisor);
    return Measurements{{"", std::move(value), std::string(input.kind->unit)}};
  }

 private:
  struct Chip {
    std::string folder;
    std::string device;
  };
  /// A chip and the input of it that is meant.
  struct Source {
    Chip chip;
    Input input;
  };

  Result<std::vector<Chip>> find_chips() const {
    std::vector<Chip> chips;
    std::vector<std::string> names;
    for (const std::string& entry : list_folder(folder_, "hwmon")) {
      Chip chip{folder_ + "/" + entry, ""};
      auto name = read_attribute(chip.folder + "/name");
      if (!name) continue;
      names.push_back(*name);
      if (*name != selection_.chip) continue;
      chip.device = hwmon_device(chip.folder);
      if (!selection_.device.empty() && chip.device != selection_.device) {
        names.back() += " (" + chip.device + ")";
        continue;
      }
      chips.push_back(std::move(chip));
    }
    if (!chips.empty()) return chips;
    const std::string device = selection_.device.empty() ? "" : " on '" + selection_.device + "'";
    return Error{"hwmon: no chip '" + selection_.chip + "'" + device + " (found: " + listed(names) +
                 ")"};
  }

  /// The channels of the chip that carry the label; what else there is goes into `labels`.
  std::vector<Input> labelled(const Chip& chip, std::vector<std::string>& labels) const {
    std::vector<Input> inputs;
    for (const InputKind& kind : kHwmonKinds) {
      for (const std::string& file : list_folder(chip.folder, kind.name)) {
        if (!file.ends_with("_label")) continue;
        auto label = read_attribute(chip.folder + "/" + file);
        auto input = parse_input(file.substr(0, file.find('_')));
        if (!label || !input) continue;
        if (*label == selection_.label) inputs.push_back(std::move(*input));
        labels.push_back(std::move(*label));
      }
    }
    return inputs;
  }

  Result<Source> find_source() const {
    const auto chips = find_chips();
    if (!chips) return chips.failure();
    std::vector<Source> sources;
    std::vector<std::string> labels;
    std::vector<std::string> devices;
    for (const Chip& chip : *chips) {
      devices.push_back(chip.device.empty() ? "?" : chip.device);
      if (selection_.input) {
        sources.push_back({chip, *selection_.input});
        continue;
      }
      for (Input& input : labelled(chip, labels)) sources.push_back({chip, std::move(input)});
    }
    if (sources.empty()) {
      return Error{"hwmon: " + selection_.chip + ": no label '" + selection_.label +
                   "' (found: " + listed(labels) + ")"};
    }
    if (sources.size() == 1) return std::move(sources[0]);
    if (chips->size() > 1) {
      return Error{"hwmon: " + std::to_string(chips->size()) + " chips '" + selection_.chip +
                   "' (on " + listed(devices) + "): add 'device'"};
    }
    return Error{"hwmon: " + selection_.chip + ": several inputs have the label '" +
                 selection_.label + "': use 'input'"};
  }

  const HwmonSelection selection_;
  const std::string folder_;
};

}  // namespace

std::string hwmon_device(const std::string& folder) {
  const std::string path = link_target(folder + "/device");
  return path.substr(path.rfind('/') + 1);
}

Made make_hwmon(asio::io_context& io, const SensorSpec& spec, const std::string& root) {
  if (auto known = check_options(spec); !known) return known.failure();
  const std::string* chip = find_option(spec, "chip");
  const std::string* input = find_option(spec, "input");
  const std::string* label = find_option(spec, "label");
  const std::string* device = find_option(spec, "device");
  if (chip == nullptr || chip->empty()) return Error{"hwmon: option 'chip' is missing"};
  if ((input == nullptr) == (label == nullptr)) {
    return Error{"hwmon: needs either 'input' or 'label'"};
  }
  HwmonSelection selection{.chip = *chip, .device = device != nullptr ? *device : ""};
  if (input != nullptr) {
    auto parsed = parse_input(*input);
    if (!parsed) return parsed.failure();
    selection.input = std::move(*parsed);
  } else {
    selection.label = *label;
  }
  // Some chips measure when they are asked, and one on a 1-wire bus takes a second for it.
  return make_blocking(io, {"hwmon " + *chip, "hwmon: " + *chip},
                       std::make_shared<HwmonReader>(std::move(selection), root));
}

}  // namespace dsn::sensor
