// SPDX-License-Identifier: Apache-2.0
#include "config/w1_id.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "config/scalar.hpp"

namespace dsn::config {
namespace {

constexpr std::size_t kFamilyDigits = 2;
constexpr std::size_t kSerialDigits = 12;
constexpr std::string_view kHex = "0123456789abcdef";

bool is_hex(std::string_view text, std::size_t size) {
  return text.size() == size && text.find_first_not_of(kHex) == std::string_view::npos;
}

std::string id_of(std::string_view family, std::string_view serial) {
  return fmt::format("{}-{}", family, serial);
}

/// The bytes of two digits each, the last one first.
std::string reversed(std::string_view digits) {
  std::string text;
  for (; !digits.empty(); digits.remove_suffix(2)) text += digits.substr(digits.size() - 2);
  return text;
}

}  // namespace

std::vector<std::string> meant_w1_ids(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  std::string_view id = lower;
  constexpr std::size_t kAllDigits = kFamilyDigits + kSerialDigits;
  // ESPHome: the checksum, the number, the family.
  if (id.starts_with("0x") && is_hex(id.substr(2), kAllDigits + 2)) {
    return {id_of(id.substr(kAllDigits + 2), id.substr(4, kSerialDigits))};
  }
  if (is_hex(id, kAllDigits)) {
    return {id_of(id.substr(0, kFamilyDigits), id.substr(kFamilyDigits))};
  }
  if (id.size() != kAllDigits + 1) return {};
  const std::string_view family = id.substr(0, kFamilyDigits);
  const std::string_view serial = id.substr(kFamilyDigits + 1);
  if (!is_hex(family, kFamilyDigits) || !is_hex(serial, kSerialDigits)) return {};
  if (id[kFamilyDigits] == '.') return {id_of(family, serial), id_of(family, reversed(serial))};
  return {id_of(family, serial)};
}

void check_w1_id(const SensorConfig& sensor, Mark at, const std::string& where, Report& report) {
  const auto option = sensor.options.find("id");
  if (sensor.driver != "w1" || option == sensor.options.end()) return;
  const auto meant = meant_w1_ids(option->second);
  if (meant.size() == 1 && meant[0] == option->second) return;
  std::string hint = "an id is written 28-00000a1b2c3d;";
  if (meant.size() == 1) hint = fmt::format("did you mean {}?", meant[0]);
  if (meant.size() > 1) {
    hint = fmt::format("did you mean {}, or, as owfs has the bytes the other way round, {}?",
                       meant[0], meant[1]);
  }
  report.error(at, fmt::format("{} in {} is no id of the kernel: {} 'ls /sys/bus/w1/devices' shows "
                               "what is there",
                               shown(option->second), where, hint));
}

}  // namespace dsn::config
