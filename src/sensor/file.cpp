// SPDX-License-Identifier: Apache-2.0
// The first line of a file. One of a file system of the network that hangs keeps whoever reads it
// waiting, and so do some attributes of the kernel.
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <algorithm>

#include "sensor/attribute.hpp"
#include "sensor/blocking.hpp"
#include "sensor/drivers.hpp"
#include "sensor/reading_text.hpp"

namespace dsn::sensor {
namespace {

using std::chrono::milliseconds;

// What a value may have (docs/protocol.md, limits).
constexpr std::size_t kTextSizeMax = 1024;

/// How long ago a program wrote the file. Nothing for what the kernel makes when it is read.
std::optional<milliseconds> written_ago(const std::string& path) {
  struct statfs system {};
  struct stat status {};
  if (statfs(path.c_str(), &system) != 0 || stat(path.c_str(), &status) != 0) return std::nullopt;
  const auto type = static_cast<std::uint64_t>(system.f_type);
  if (type == SYSFS_MAGIC || type == PROC_SUPER_MAGIC || type == DEBUGFS_MAGIC) return std::nullopt;
  const auto written = std::chrono::system_clock::from_time_t(status.st_mtim.tv_sec);
  const auto age = std::chrono::system_clock::now() - written;
  return std::max(std::chrono::duration_cast<milliseconds>(age), milliseconds(0));
}

class FileReader : public Reader {
 public:
  explicit FileReader(std::string path) : path_(std::move(path)) {}

  Result<Measurements> read() override {
    const auto content = read_attribute(path_);
    if (!content) return content.failure().prefixed("file: ");
    const std::string text = plain_text(*content);
    const std::string line = plain_text(text.substr(0, text.find('\n')));
    if (line.empty()) return Error{"file: " + path_ + ": its first line is empty"};
    if (line.size() > kTextSizeMax) {
      return Error{"file: " + path_ + ": its first line is longer than 1024 bytes"};
    }
    auto number = number_value(line);
    Measurement measured{"", number ? std::move(*number) : Value::text(line), ""};
    measured.age = written_ago(path_);
    return Measurements{std::move(measured)};
  }

 private:
  const std::string path_;
};

}  // namespace

Made make_file(asio::io_context& io, const SensorSpec& spec, const std::string& root) {
  if (auto known = check_options(spec); !known) return known.failure();
  const std::string* path = find_option(spec, "path");
  if (path == nullptr) return Error{"file: option 'path' is missing"};
  if (!path->starts_with('/')) return Error{"file: '" + *path + "' is no absolute path"};
  // Files of one folder share a lane: that of a file system that hangs delays no other.
  const std::string folder = path->substr(0, path->rfind('/'));
  return make_blocking(io, {"file " + folder, "file: " + *path},
                       std::make_shared<FileReader>(root + *path));
}

}  // namespace dsn::sensor
