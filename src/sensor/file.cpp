// SPDX-License-Identifier: Apache-2.0
// The first line of a file.
#include <cmath>

#include "sensor/attribute.hpp"
#include "sensor/drivers.hpp"

namespace dsn::sensor {
namespace {

// What a value may have (docs/protocol.md, limits).
constexpr std::size_t kTextSizeMax = 1024;

/// `number * scale`, as a person would round it: 48200 * 0.001 is 48.2, although 0.001 is no
/// binary fraction and the product would be off by its error. Its reciprocal is exact.
double scaled(double number, double scale) {
  const double divisor = std::round(1.0 / scale);
  if (divisor != 0.0 && 1.0 / divisor == scale) return number / divisor;
  return number * scale;
}

class FileSensor : public QuickSensor {
 public:
  FileSensor(std::string path, std::optional<double> scale)
      : path_(std::move(path)), scale_(scale) {}

 private:
  Result<Measurements> read() override {
    const auto content = read_attribute(path_);
    if (!content) return Error{"file: " + content.error()};
    const std::string_view line =
        trimmed(std::string_view(*content).substr(0, content->find('\n')));
    if (line.empty()) return Error{"file: " + path_ + ": its first line is empty"};
    auto number = number_value(line);
    if (scale_) {
      const auto real = number ? number->as_number() : std::nullopt;
      if (!real) {
        return Error{"file: " + path_ + ": holds no number but '" + first_line_shown(line, 40) +
                     "'"};
      }
      return Measurements{{"", Value::real(scaled(*real, *scale_)), ""}};
    }
    if (number) return Measurements{{"", std::move(*number), ""}};
    if (line.size() > kTextSizeMax) {
      return Error{"file: " + path_ + ": its first line is longer than 1024 bytes"};
    }
    return Measurements{{"", Value::text(line), ""}};
  }

  const std::string path_;
  const std::optional<double> scale_;
};

}  // namespace

Made make_file(const SensorSpec& spec, const std::string& root) {
  if (auto known = check_options(spec, {"path", "scale"}); !known) return Error{known.error()};
  const std::string* path = find_option(spec, "path");
  if (path == nullptr) return Error{"file: option 'path' is missing"};
  if (!path->starts_with('/')) return Error{"file: '" + *path + "' is no absolute path"};
  std::optional<double> scale;
  if (const std::string* text = find_option(spec, "scale")) {
    scale = to_real(*text);
    if (!scale || *scale == 0.0) {
      return Error{"file: scale '" + *text + "' is no number other than 0"};
    }
  }
  return std::unique_ptr<Sensor>(std::make_unique<FileSensor>(root + *path, scale));
}

}  // namespace dsn::sensor
