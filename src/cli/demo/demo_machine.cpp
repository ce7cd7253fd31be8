// SPDX-License-Identifier: Apache-2.0
#include "cli/demo/demo_machine.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <string_view>

namespace dsn::cli {
namespace {

namespace fs = std::filesystem;

/// A demo shows a few real sensors, not all of a server's.
constexpr std::size_t kEachMax = 4;

std::vector<fs::path> entries(const std::string& folder) {
  std::vector<fs::path> paths;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    paths.push_back(it->path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::string first_line(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

/// Whether it can stand in a configuration without quotes. Real names do.
bool is_plain(std::string_view name) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
  return !name.empty() && name.size() <= 32 &&
         name.find_first_not_of(kPlain) == std::string_view::npos;
}

bool is_virtual(const std::string& interface) {
  return interface == "lo" || interface.starts_with("docker") || interface.starts_with("veth") ||
         interface.starts_with("br-") || interface.starts_with("virbr");
}

/// Those that name exactly one thing: a configuration must not be ambiguous.
std::vector<std::string> unique_names(const std::map<std::string, int>& counts) {
  std::vector<std::string> names;
  for (const auto& [name, count] : counts) {
    if (count == 1 && is_plain(name) && names.size() < kEachMax) names.push_back(name);
  }
  return names;
}

}  // namespace

MachineSensors find_machine_sensors(const std::string& sys) {
  MachineSensors found;
  for (const fs::path& path : entries(sys + "/class/net")) {
    const std::string name = path.filename();
    const std::string received = first_line(path / "statistics/rx_bytes");
    if (is_virtual(name) || !is_plain(name) || received.empty() || received == "0") continue;
    if (found.interfaces.size() < kEachMax) found.interfaces.push_back(name);
  }
  std::map<std::string, int> zones;
  for (const fs::path& path : entries(sys + "/class/thermal")) {
    if (path.filename().string().starts_with("thermal_zone")) ++zones[first_line(path / "type")];
  }
  found.thermal_zones = unique_names(zones);
  std::map<std::string, int> chips;
  for (const fs::path& path : entries(sys + "/class/hwmon")) {
    if (!first_line(path / "temp1_input").empty()) ++chips[first_line(path / "name")];
  }
  found.hwmon_chips = unique_names(chips);
  return found;
}

}  // namespace dsn::cli
