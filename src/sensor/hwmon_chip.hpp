// SPDX-License-Identifier: Apache-2.0
// The chips that the kernel shows below /sys/class/hwmon.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dsn::sensor {

struct HwmonChip {
  std::string folder;  ///< with its attributes: `hwmonN`, or `hwmonN/device` for drivers of old
  std::string name;
  /// Where the device is: `devices/pci0000:00/0000:01:00.0/nvme/nvme0`. Empty if it is no device.
  std::string path;

  /// The last part of the path: `nvme0`, `1-0048`. It may be a number that another device has
  /// after the next start.
  [[nodiscard]] std::string device() const;
  /// Whether the option `device` means it: any part of the path does, such as `0000:01:00.0`.
  [[nodiscard]] bool is_on(std::string_view part) const;
};

/// Those with a name, in the order of their numbers' texts.
[[nodiscard]] std::vector<HwmonChip> hwmon_chips(const std::string& root);

/// The part of `paths[index]` that tells it from the others and stays the same at each start, as
/// addresses on a bus do: `0000:01:00.0`, `1-0048`, `ata1`. Its last part if there is none.
[[nodiscard]] std::string lasting_part(const std::vector<std::string>& paths, std::size_t index);

}  // namespace dsn::sensor
