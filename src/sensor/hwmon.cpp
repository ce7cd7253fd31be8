// SPDX-License-Identifier: Apache-2.0
// Hardware monitoring chips, by name and label (Documentation/hwmon/sysfs-interface.rst): their
// numbers depend on the order in which drivers were loaded.

#include <algorithm>
#include <array>
#include <limits>

#include "sensor/attribute.hpp"
#include "sensor/blocking.hpp"
#include "sensor/drivers.hpp"
#include "sensor/hwmon_chip.hpp"
#include "sensor/pick.hpp"

namespace dsn::sensor {
namespace {

/// How the kernel scales each kind of input, and what no such chip can measure: a register of all
/// ones, an input that nothing is connected to.
struct InputKind {
  std::string_view name;
  double divisor;
  std::string_view unit;
  double min;
  double max;
};

constexpr double kAbsoluteZero = -273.15;
constexpr double kAny = std::numeric_limits<double>::infinity();
constexpr std::array<InputKind, 8> kHwmonKinds = {{
    {"temp", 1000.0, "Cel", kAbsoluteZero, 2000},
    {"in", 1000.0, "V", -100'000, 100'000},
    {"curr", 1000.0, "A", -100'000, 100'000},
    {"power", 1e6, "W", -1e6, 1e6},
    {"energy", 1e6, "J", -kAny, kAny},
    {"humidity", 1000.0, "%RH", -20, 120},
    {"fan", 1.0, "1/min", 0, 1e6},
    {"freq", 1.0, "Hz", 0, kAny},
}};

// A byte of 0x80 in chips of PC boards, whose probe is not connected. Others measure -128 degrees.
constexpr std::int64_t kNoProbeMillidegrees = -128'000;
constexpr std::array<std::string_view, 6> kBoardChips = {"nct", "it8", "w83", "f71", "f81", "sch5"};

bool is_without_probe(std::string_view chip, const InputKind& kind, std::int64_t raw) {
  return kind.name == "temp" && raw == kNoProbeMillidegrees &&
         std::ranges::any_of(kBoardChips, [chip](auto name) { return chip.starts_with(name); });
}

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
      : selection_(std::move(selection)), root_(std::move(root)) {}

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
    return measured(*raw, input);
  }

 private:
  /// A chip and the input of it that is meant.
  struct Source {
    HwmonChip chip;
    Input input;
  };

  [[nodiscard]] Result<Measurements> measured(std::int64_t raw, const Input& input) const {
    const InputKind& kind = *input.kind;
    const double number = static_cast<double>(raw) / kind.divisor;
    const bool is_beyond = number < kind.min || number > kind.max;
    if (is_beyond || is_without_probe(selection_.chip, kind, raw)) {
      return Error{"hwmon: " + selection_.chip + " " + input.channel + ": " + std::to_string(raw) +
                   " is no measurement: nothing is connected, or it has no power"};
    }
    Value value = kind.divisor == 1.0 ? Value::integer(raw) : Value::real(number);
    return Measurements{{"", std::move(value), std::string(kind.unit)}};
  }

  Result<std::vector<HwmonChip>> find_chips() const {
    std::vector<HwmonChip> chips;
    std::vector<std::string> names;
    for (HwmonChip& chip : hwmon_chips(root_)) {
      names.push_back(chip.name);
      if (chip.name != selection_.chip) continue;
      if (!selection_.device.empty() && !chip.is_on(selection_.device)) {
        names.back() += " (" + chip.device() + ")";
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
  std::vector<Input> labelled(const HwmonChip& chip, std::vector<std::string>& labels) const {
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
    std::vector<std::string> paths;
    for (const HwmonChip& chip : *chips) {
      paths.push_back(chip.path);
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
      std::vector<std::string> devices;
      for (std::size_t i = 0; i < paths.size(); ++i) {
        devices.push_back(paths[i].empty() ? "?" : lasting_part(paths, i));
      }
      return Error{"hwmon: " + std::to_string(chips->size()) + " chips '" + selection_.chip +
                   "' (on " + listed(devices) + "): add 'device'"};
    }
    return Error{"hwmon: " + selection_.chip + ": several inputs have the label '" +
                 selection_.label + "': use 'input'"};
  }

  const HwmonSelection selection_;
  const std::string root_;
};

}  // namespace

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
  // A disk that is dead keeps whoever asks it waiting, and the others have nothing of it.
  return make_blocking(io, {"hwmon " + *chip + " " + selection.device, "hwmon: " + *chip},
                       std::make_shared<HwmonReader>(std::move(selection), root));
}

}  // namespace dsn::sensor
