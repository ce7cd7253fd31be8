// SPDX-License-Identifier: Apache-2.0
// Counters of a disk or partition (Documentation/admin-guide/iostats.rst).
#include <algorithm>
#include <array>

#include "sensor/attribute.hpp"
#include "sensor/drivers.hpp"
#include "sensor/pick.hpp"

namespace dsn::sensor {
namespace {

// 150 bytes a partition.
constexpr std::size_t kDiskstatsSizeMax = std::size_t{256} * 1024;
// Whatever the disk's own sectors are (include/linux/types.h).
constexpr std::uint64_t kSectorBytes = 512;
constexpr std::size_t kNameField = 2;

/// `field` is the column, from 0.
struct DiskColumn {
  std::string_view name;
  std::size_t field;
  std::string_view unit;
};

constexpr std::string_view kBusyTime = "busy_time";  // in milliseconds
constexpr std::array<DiskColumn, 5> kDiskCounters = {{
    {"reads", 3, "count"},
    {"read_bytes", 5, "B"},
    {"writes", 7, "count"},
    {"written_bytes", 9, "B"},
    {kBusyTime, 12, "s"},
}};

class DiskCounter : public QuickSensor {
 public:
  DiskCounter(std::string disk, const DiskColumn& counter, std::string root)
      : disk_(std::move(disk)), counter_(counter), path_(std::move(root) + "/proc/diskstats") {}

 private:
  [[nodiscard]] Value value(std::uint64_t count) const {
    if (counter_.name == kBusyTime) return Value::real(static_cast<double>(count) / 1000.0);
    if (counter_.unit != "B") return counter_value(count);
    if (count <= UINT64_MAX / kSectorBytes) return counter_value(count * kSectorBytes);
    return Value::real(static_cast<double>(count) * static_cast<double>(kSectorBytes));
  }

  Result<Measurements> read() override {
    const auto text = read_whole(path_, kDiskstatsSizeMax);
    if (!text) return text.failure().prefixed("proc: ");
    std::vector<std::string> names;
    std::string_view rest = *text;
    while (!rest.empty()) {
      const std::string_view line = take_line(rest);
      names.emplace_back(word_at(line, kNameField));
      if (names.back() != disk_) continue;
      const auto count = to_count(word_at(line, counter_.field));
      if (!count) return Error{"proc: " + path_ + ": is not as expected"};
      if (*count == UINT64_MAX) return Error{"proc: disk " + disk_ + ": its counter is all ones"};
      return Measurements{{"", value(*count), std::string(counter_.unit)}};
    }
    return Error{"proc: no disk '" + disk_ + "' (found: " + listed(names) + ")"};
  }

  const std::string disk_;
  const DiskColumn& counter_;
  const std::string path_;
};

}  // namespace

std::vector<std::string_view> disk_counters() { return names_of(kDiskCounters); }

Made make_disk_counter(const std::string& disk, const std::string& counter,
                       const std::string& root) {
  const auto row = pick(kDiskCounters, counter, "proc: unknown counter");
  if (!row) return row.failure();
  return std::unique_ptr<Sensor>(std::make_unique<DiskCounter>(disk, **row, root));
}

}  // namespace dsn::sensor
