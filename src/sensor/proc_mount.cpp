// SPDX-License-Identifier: Apache-2.0
// Space of a file system. One of the network that hangs keeps whoever asks waiting.
#include <sys/statvfs.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "sensor/attribute.hpp"
#include "sensor/blocking.hpp"
#include "sensor/drivers.hpp"
#include "sensor/pick.hpp"

namespace dsn::sensor {
namespace {

Value bytes(std::uint64_t blocks, const struct statvfs& space) {
  std::uint64_t product = 0;
  if (!__builtin_mul_overflow(blocks, static_cast<std::uint64_t>(space.f_frsize), &product)) {
    return counter_value(product);
  }
  return Value::real(static_cast<double>(blocks) * static_cast<double>(space.f_frsize));
}

/// As df(1) has it: of what everybody may use. What is reserved for root is neither.
Value used_percent(const struct statvfs& space) {
  const double used = static_cast<double>(space.f_blocks - space.f_bfree);
  const double usable = used + static_cast<double>(space.f_bavail);
  return Value::real(usable > 0 ? 100.0 * used / usable : 0.0);
}

struct MountReading {
  std::string_view name;
  std::string_view unit;
  Value (*value)(const struct statvfs&);
};

using Space = struct statvfs;
constexpr std::array<MountReading, 4> kMountReadings = {{
    {"free", "B", [](const Space& space) { return bytes(space.f_bavail, space); }},
    {"used", "B", [](const Space& space) { return bytes(space.f_blocks - space.f_bfree, space); }},
    {"total", "B", [](const Space& space) { return bytes(space.f_blocks, space); }},
    {"used_percent", "%", used_percent},
}};

class MountReader : public Reader {
 public:
  MountReader(std::string path, const MountReading& reading)
      : path_(std::move(path)), reading_(reading) {}

  Result<Measurements> read() override {
    Space space{};
    if (statvfs(path_.c_str(), &space) != 0) {
      return Error{"proc: " + path_ + ": " + std::strerror(errno)};
    }
    if (space.f_blocks == 0 || space.f_bfree > space.f_blocks) {
      return Error{"proc: " + path_ + ": this file system does not count its space"};
    }
    return Measurements{{"", reading_.value(space), std::string(reading_.unit)}};
  }

 private:
  const std::string path_;
  const MountReading& reading_;
};

}  // namespace

std::vector<std::string_view> mount_readings() { return names_of(kMountReadings); }

Made make_mount(asio::io_context& io, const std::string& mount, const std::string& reading,
                const std::string& root) {
  const auto row = pick(kMountReadings, reading, "proc: unknown reading of a mount");
  if (!row) return row.failure();
  if (!mount.starts_with('/')) return Error{"proc: mount '" + mount + "' is no absolute path"};
  return make_blocking(io, {"mount " + mount, "proc: " + mount},
                       std::make_shared<MountReader>(root + mount, **row));
}

}  // namespace dsn::sensor
