// SPDX-License-Identifier: Apache-2.0
#include "sensor/hwmon_chip.hpp"

#include <algorithm>

#include "sensor/attribute.hpp"

namespace dsn::sensor {
namespace {

constexpr std::string_view kDevices = "/sys/devices/";

/// Where the link points to, also in a recorded tree where nothing is there.
std::string device_path(const std::string& link) {
  std::string path = real_path(link);
  if (path.empty()) path = link_target(link);
  const std::size_t at = path.rfind(kDevices);
  return at == std::string::npos ? path : path.substr(at + 5);
}

/// Addresses on a bus have punctuation. The kernel numbers SCSI's `0:0:0:0` and `target0:0:0` as it
/// finds them; a port of a SATA controller keeps its `ata1`.
bool is_address(std::string_view part) {
  if (part.starts_with("ata") && part.size() > 3) {
    return part.find_first_not_of("0123456789", 3) == std::string_view::npos;
  }
  const bool is_scsi = part.starts_with("target") ||
                       (std::ranges::count(part, ':') == 3 &&
                        part.find_first_not_of("0123456789:") == std::string_view::npos);
  return !is_scsi && part.find_first_of(":-.") != std::string_view::npos &&
         part.find_first_of("0123456789") != std::string_view::npos;
}

}  // namespace

std::string HwmonChip::device() const { return path.substr(path.rfind('/') + 1); }

bool HwmonChip::is_on(std::string_view part) const { return has_part(path, part); }

std::vector<HwmonChip> hwmon_chips(const std::string& root) {
  const std::string all = root + "/sys/class/hwmon";
  std::vector<HwmonChip> chips;
  for (const std::string& entry : list_folder(all, "hwmon")) {
    HwmonChip chip{all + "/" + entry, "", device_path(all + "/" + entry + "/device")};
    auto name = read_attribute(chip.folder + "/name");
    if (!name) {
      chip.folder += "/device";
      name = read_attribute(chip.folder + "/name");
    }
    if (!name || name->empty()) continue;
    chip.name = std::move(*name);
    chips.push_back(std::move(chip));
  }
  return chips;
}

std::string lasting_part(const std::vector<std::string>& paths, std::size_t index) {
  const std::string& path = paths[index];
  for (std::size_t end = path.size(); end != std::string::npos && end > 0;
       end = path.rfind('/', end - 1)) {
    const std::size_t begin = path.rfind('/', end - 1) + 1;
    const std::string part = path.substr(begin, end - begin);
    const auto has_it = [&part](const std::string& other) { return has_part(other, part); };
    if (is_address(part) && std::ranges::count_if(paths, has_it) == 1) return part;
    if (begin == 0) break;
  }
  return path.substr(path.rfind('/') + 1);
}

}  // namespace dsn::sensor
