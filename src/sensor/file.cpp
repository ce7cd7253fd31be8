// SPDX-License-Identifier: Apache-2.0
// The first line of a file.
#include "sensor/attribute.hpp"
#include "sensor/drivers.hpp"

namespace dsn::sensor {
namespace {

// What a value may have (docs/protocol.md, limits).
constexpr std::size_t kTextSizeMax = 1024;

class FileSensor : public QuickSensor {
 public:
  explicit FileSensor(std::string path) : path_(std::move(path)) {}

 private:
  Result<Measurements> read() override {
    const auto content = read_attribute(path_);
    if (!content) return content.failure().prefixed("file: ");
    const std::string_view line =
        trimmed(std::string_view(*content).substr(0, content->find('\n')));
    if (line.empty()) return Error{"file: " + path_ + ": its first line is empty"};
    auto number = number_value(line);
    if (number) return Measurements{{"", std::move(*number), ""}};
    if (line.size() > kTextSizeMax) {
      return Error{"file: " + path_ + ": its first line is longer than 1024 bytes"};
    }
    return Measurements{{"", Value::text(line), ""}};
  }

  const std::string path_;
};

}  // namespace

Made make_file(asio::io_context& /*io*/, const SensorSpec& spec, const std::string& root) {
  if (auto known = check_options(spec); !known) return known.failure();
  const std::string* path = find_option(spec, "path");
  if (path == nullptr) return Error{"file: option 'path' is missing"};
  if (!path->starts_with('/')) return Error{"file: '" + *path + "' is no absolute path"};
  return std::unique_ptr<Sensor>(std::make_unique<FileSensor>(root + *path));
}

}  // namespace dsn::sensor
