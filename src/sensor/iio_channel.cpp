// SPDX-License-Identifier: Apache-2.0
#include "sensor/iio_channel.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

#include "sensor/attribute.hpp"

namespace dsn::sensor {
namespace {

constexpr double kNoLimit = std::numeric_limits<double>::infinity();
constexpr std::array<IioKind, 11> kIioKinds = {{
    {"temp", "temperature", 0.001, "Cel", -273.15, 2000},
    {"humidityrelative", "humidity", 0.001, "%RH", -20, 120},
    {"pressure", "pressure", 10.0, "hPa", -1e6, 1e7},
    {"illuminance", "illuminance", 1.0, "lx", -kNoLimit, kNoLimit},
    {"voltage", "voltage", 0.001, "V", -100'000, 100'000},
    {"current", "current", 0.001, "A", -100'000, 100'000},
    {"power", "power", 0.001, "W", -1e6, 1e6},
    {"resistance", "resistance", 1.0, "Ohm", -kNoLimit, kNoLimit},
    {"distance", "distance", 1.0, "m", -kNoLimit, kNoLimit},
    {"concentration", "", 10'000.0, "ppm", -kNoLimit, kNoLimit},
    {"massconcentration", "", 1.0, "ug/m3", -kNoLimit, kNoLimit},
}};

/// What a driver of the kernel gives, where that is not the unit of the kernel's own documentation
/// (Documentation/ABI/testing/sysfs-bus-iio). From the drivers' sources.
struct OwnUnit {
  std::string_view device;
  std::string_view channel;  ///< what its name begins with
  double factor;
  std::string_view unit;
};
constexpr std::array<OwnUnit, 10> kOwnUnits = {{
    {"bme680", "in_humidityrelative", 1.0, "%RH"},  // percent, and not thousandths
    {"hts221", "in_humidityrelative", 1.0, "%RH"},  // percent
    {"hts221", "in_temp", 1.0, "Cel"},              // degrees
    {"sgp30", "in_concentration_co2", 1e6, "ppm"},  // a fraction, and not percent
    {"sgp30", "in_concentration_voc", 1e6, "ppm"},
    {"ams-iaq-core", "in_concentration_co2", 1e6, "ppm"},
    {"ams-iaq-core", "in_concentration_voc", 1e6, "ppm"},
    {"sgp40", "in_concentration_voc", 1.0, ""},  // an index of 0 to 500
    {"mh-z19b", "in_concentration_co2", 1.0, "ppm"},
    {"bme680", "in_pressure", 10.0, "hPa"},
}};
// The driver of the BME680 gave hPa before Linux 6.10, and gives kPa since. There is no weather of
// 200 kPa, nor one of 200 hPa.
constexpr double kPressureBetween = 200;

constexpr std::string_view kDigits = "0123456789";

/// The name without what tells it from others of its type: `voltage0-voltage1` is
/// `voltage-voltage`.
std::string without_digits(std::string_view text) {
  std::string result(text);
  std::erase_if(result, [](char c) { return kDigits.find(c) != std::string_view::npos; });
  return result;
}

/// Names of keys have no '-', and the kernel's "2p5" is 2.5.
std::string suffix_of(const IioKind& kind, std::string_view index, std::string_view modifier) {
  if (kind.suffix.empty() && !modifier.empty()) {
    std::string suffix(modifier);
    if (suffix == "pm2p5") suffix = "pm2_5";
    return suffix;
  }
  std::string suffix(kind.suffix.empty() ? kind.type : kind.suffix);
  suffix.append(index);
  if (!modifier.empty()) suffix.append("_").append(modifier);
  for (char& c : suffix) {
    const bool is_fit = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    if (!is_fit) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : '_';
  }
  return suffix;
}

/// From the name of its attribute `in_TYPE[INDEX][_MODIFIER]_raw` or `_input`.
std::optional<IioChannel> parse_attribute_name(std::string_view file) {
  std::string_view name = file;
  if (name.ends_with("_raw")) {
    name.remove_suffix(4);
  } else if (name.ends_with("_input")) {
    name.remove_suffix(6);
  } else {
    return std::nullopt;
  }
  std::string_view rest = name.substr(3);  // without "in_"
  const std::string_view type =
      rest.substr(0, std::min(rest.find_first_of("0123456789_-"), rest.size()));
  const auto kind = std::ranges::find(kIioKinds, type, &IioKind::type);
  if (kind == kIioKinds.end()) return std::nullopt;
  rest.remove_prefix(type.size());
  const std::size_t underscore = std::min(rest.find('_'), rest.size());
  const std::string_view index = rest.substr(0, underscore);
  const std::string_view modifier =
      underscore < rest.size() ? rest.substr(underscore + 1) : std::string_view();
  IioChannel channel{std::string(name), suffix_of(*kind, index, modifier), {}, &*kind};
  channel.shared.push_back(channel.name);
  const std::string unmodified(name.substr(0, name.size() - rest.size() + underscore));
  for (std::string shared :
       {unmodified, without_digits(unmodified), "in_" + std::string(type), std::string("in")}) {
    if (shared != channel.shared.back()) channel.shared.push_back(std::move(shared));
  }
  return channel;
}

bool exists(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0;
}

Result<double> read_real(const std::string& path) {
  const auto text = read_attribute(path);
  if (!text) return text.failure();
  if (const auto number = to_real(*text)) return *number;
  return Error{path + ": holds no number but '" + first_line_shown(*text, 40) + "'"};
}

/// An attribute of the channel itself or of those that share it.
Result<double> read_shared(const std::string& folder, const IioChannel& channel,
                           const std::string& attribute, double otherwise) {
  for (const std::string& prefix : channel.shared) {
    const std::string path = folder + "/" + prefix + "_" + attribute;
    if (exists(path)) return read_real(path);
  }
  return otherwise;
}

Result<double> read_number(const std::string& folder, const IioChannel& channel) {
  const std::string input = folder + "/" + channel.name + "_input";
  if (exists(input)) return read_real(input);
  auto raw = read_real(folder + "/" + channel.name + "_raw");
  if (!raw) return raw;
  auto offset = read_shared(folder, channel, "offset", 0.0);
  if (!offset) return offset;
  auto scale = read_shared(folder, channel, "scale", 1.0);
  if (!scale) return scale;
  return (*raw + *offset) * *scale;
}

/// Whether the number has the unit that the kernel's documentation says.
bool has_scale(const std::string& folder, const IioChannel& channel) {
  return exists(folder + "/" + channel.name + "_input") ||
         std::ranges::any_of(channel.shared, [&](const std::string& prefix) {
           return exists(folder + "/" + prefix + "_scale");
         });
}

struct Scaling {
  double factor;
  std::string_view unit;
};

Scaling scaling_of(const std::string& folder, std::string_view device, const IioChannel& channel,
                   double number) {
  const auto own = std::ranges::find_if(kOwnUnits, [&](const OwnUnit& one) {
    return one.device == device && channel.name.starts_with(one.channel);
  });
  if (own == kOwnUnits.end()) {
    if (!has_scale(folder, channel)) return {1.0, ""};
    return {channel.kind->factor, channel.kind->unit};
  }
  const bool is_old = own->channel == "in_pressure" && number > kPressureBetween;
  return {is_old ? 1.0 : own->factor, own->unit};
}

/// The error of one part in a thousand millions that decimal fractions leave in a product is none
/// of the measurement.
double rounded(double number) {
  if (number == 0.0 || !std::isfinite(number)) return number;
  const double digits = 9.0 - std::ceil(std::log10(std::fabs(number)));
  const double power = std::pow(10.0, std::fabs(digits));
  if (!std::isfinite(power)) return number;
  return digits < 0 ? std::round(number / power) * power : std::round(number * power) / power;
}

}  // namespace

std::string IioDevice::parent() const {
  const std::string folders = path.substr(0, std::min(path.rfind('/'), path.size()));
  return folders.substr(folders.rfind('/') + 1);
}

std::vector<IioDevice> iio_devices(const std::string& root) {
  const std::string all = root + "/sys/bus/iio/devices";
  std::vector<IioDevice> devices;
  for (const std::string& entry : list_folder(all, "iio:device")) {
    const std::string folder = all + "/" + entry;
    auto name = read_attribute(folder + "/name");
    if (name.ok() && !name->empty()) {
      devices.push_back({folder, std::move(*name), link_target(folder)});
    }
  }
  return devices;
}

std::vector<IioChannel> iio_channels(const std::string& folder) {
  std::vector<IioChannel> channels;
  for (const std::string& file : list_folder(folder, "in_")) {
    auto channel = parse_attribute_name(file);
    if (!channel) continue;
    const bool is_there = std::ranges::any_of(
        channels, [&](const IioChannel& other) { return other.name == channel->name; });
    if (!is_there) channels.push_back(std::move(*channel));
  }
  return channels;
}

Result<Measurement> read_iio_channel(const std::string& folder, std::string_view device,
                                     const IioChannel& channel) {
  const auto number = read_number(folder, channel);
  if (!number) return number.failure();
  const Scaling scaling = scaling_of(folder, device, channel, *number);
  const double value = rounded(*number * scaling.factor);
  if (!std::isfinite(value)) return Error{folder + "/" + channel.name + ": the value is too large"};
  const IioKind& kind = *channel.kind;
  if (scaling.unit == kind.unit && (value < kind.min || value > kind.max)) {
    return Error{folder + "/" + channel.name + ": its number is no measurement"};
  }
  return Measurement{channel.suffix, Value::real(value), std::string(scaling.unit)};
}

}  // namespace dsn::sensor
