// SPDX-License-Identifier: Apache-2.0
#include "sensor/iio_channel.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "sensor/attribute.hpp"

namespace dsn::sensor {
namespace {

constexpr std::array<IioKind, 11> kIioKinds = {{
    {"temp", "temperature", 0.001, "Cel"},
    {"humidityrelative", "humidity", 0.001, "%RH"},
    {"pressure", "pressure", 10.0, "hPa"},
    {"illuminance", "illuminance", 1.0, "lx"},
    {"voltage", "voltage", 0.001, "V"},
    {"current", "current", 0.001, "A"},
    {"power", "power", 0.001, "W"},
    {"resistance", "resistance", 1.0, "Ohm"},
    {"distance", "distance", 1.0, "m"},
    {"concentration", "", 10'000.0, "ppm"},
    {"massconcentration", "", 1.0, "ug/m3"},
}};

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

Result<Measurement> read_iio_channel(const std::string& folder, const IioChannel& channel) {
  const auto number = read_number(folder, channel);
  if (!number) return number.failure();
  const double value = rounded(*number * channel.kind->factor);
  if (!std::isfinite(value)) return Error{folder + "/" + channel.name + ": the value is too large"};
  return Measurement{channel.suffix, Value::real(value), std::string(channel.kind->unit)};
}

}  // namespace dsn::sensor
