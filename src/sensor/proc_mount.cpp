// SPDX-License-Identifier: Apache-2.0
// Space of a file system. One of the network that hangs keeps whoever asks waiting.
#include <sys/stat.h>
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

constexpr std::size_t kTableSizeMax = std::size_t{1024} * 1024;

/// A path of fstab or mountinfo, which has `\\040` for a blank.
std::string unescaped(std::string_view text) {
  std::string path;
  while (!text.empty()) {
    const bool is_octal = text.size() > 3 && text[0] == '\\' &&
                          text.substr(1, 3).find_first_not_of("01234567") == std::string_view::npos;
    path += is_octal ? static_cast<char>((text[1] - '0') * 64 + (text[2] - '0') * 8 + text[3] - '0')
                     : text[0];
    text.remove_prefix(is_octal ? 4 : 1);
  }
  return path;
}

std::string_view without_slash(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  return path;
}

bool is_in_fstab(const std::string& root, const std::string& mount) {
  const auto table = read_whole(root + "/etc/fstab", kTableSizeMax);
  std::string_view rest = table.ok() ? std::string_view(*table) : std::string_view();
  while (!rest.empty()) {
    const std::string_view line = take_line(rest);
    if (word_at(line, 0).starts_with('#')) continue;
    if (unescaped(word_at(line, 1)) == without_slash(mount)) return true;
  }
  return false;
}

/// By /proc/self/mountinfo: `36 35 98:0 ROOT MOUNT-POINT options`. Nothing if it cannot be read. A
/// service that may only read a folder has it mounted onto itself, and then it is its own root.
std::optional<bool> is_mount_point(const std::string& root, const std::string& mount) {
  const auto table = read_whole(root + "/proc/self/mountinfo", kTableSizeMax);
  if (!table) return std::nullopt;
  const std::string_view path = without_slash(mount);
  std::string_view rest = *table;
  while (!rest.empty()) {
    const std::string_view line = take_line(rest);
    const bool is_itself = path != "/" && unescaped(word_at(line, 3)) == path;
    if (unescaped(word_at(line, 4)) == path && !is_itself) return true;
  }
  return false;
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

/// Whether something must be mounted at the path itself. If the configuration does not say, it is
/// where /etc/fstab does, and where the folder is empty, as it is while the disk is missing.
enum class Mounted : std::uint8_t { no, likely, yes };

class MountReader : public Reader {
 public:
  MountReader(std::string mount, Mounted mounted, const MountReading& reading, std::string root)
      : mount_(std::move(mount)),
        mounted_(mounted),
        reading_(reading),
        root_(std::move(root)),
        path_(root_ + mount_) {}

  Result<Measurements> read() override {
    if (must_be_mounted() && is_mount_point(root_, mount_) == false) {
      return Error{"proc: " + mount_ + ": nothing is mounted there" +
                   (mounted_ == Mounted::yes ? "" : " ('mounted: false' reads what it is on)")};
    }
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
  [[nodiscard]] bool must_be_mounted() const {
    if (mounted_ != Mounted::likely) return mounted_ == Mounted::yes;
    struct stat status {};
    const bool is_folder = stat(path_.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
    return is_in_fstab(root_, mount_) || (is_folder && list_folder(path_, "").empty());
  }

  const std::string mount_;
  const Mounted mounted_;
  const MountReading& reading_;
  const std::string root_;
  const std::string path_;
};

}  // namespace

std::vector<std::string_view> mount_readings() { return names_of(kMountReadings); }

Made make_mount(asio::io_context& io, const SensorSpec& spec, const std::string& reading,
                const std::string& root) {
  const std::string& mount = *find_option(spec, "mount");
  const auto row = pick(kMountReadings, reading, "proc: unknown reading of a mount");
  if (!row) return row.failure();
  if (!mount.starts_with('/')) return Error{"proc: mount '" + mount + "' is no absolute path"};
  const std::string* asked = find_option(spec, "mounted");
  const Mounted mounted = asked == nullptr   ? Mounted::likely
                          : *asked == "true" ? Mounted::yes
                                             : Mounted::no;
  return make_blocking(io, {"mount " + mount, "proc: " + mount},
                       std::make_shared<MountReader>(mount, mounted, **row, root));
}

}  // namespace dsn::sensor
