// SPDX-License-Identifier: Apache-2.0
// Pressure stall information: the share of time in which tasks waited for a resource
// (Documentation/accounting/psi.rst).
#include <algorithm>
#include <array>

#include "sensor/attribute.hpp"
#include "sensor/drivers.hpp"
#include "sensor/pick.hpp"

namespace dsn::sensor {
namespace {

// Kernels for the Raspberry Pi have it built in, but off.
constexpr char kSwitchedOff[] =
    ": pressure is not measured; 'psi=1' in the kernel's command line (on a Raspberry Pi: "
    "cmdline.txt) switches it on";
constexpr std::array<std::string_view, 3> kResources = {"cpu", "io", "memory"};

/// `line` and `word` of the file: `some avg10=0.00 avg60=0.00 avg300=0.00 total=0`.
struct PressureReading {
  std::string_view name;
  std::string_view line;
  std::string_view word;
  double divisor;
  std::string_view unit;
};
constexpr std::array<PressureReading, 8> kPressureReadings = {{
    {"some_avg10", "some ", " avg10=", 1, "%"},
    {"some_avg60", "some ", " avg60=", 1, "%"},
    {"some_avg300", "some ", " avg300=", 1, "%"},
    {"some_total", "some ", " total=", 1e6, "s"},
    {"full_avg10", "full ", " avg10=", 1, "%"},
    {"full_avg60", "full ", " avg60=", 1, "%"},
    {"full_avg300", "full ", " avg300=", 1, "%"},
    {"full_total", "full ", " total=", 1e6, "s"},
}};

std::optional<double> find_number(std::string_view text, const PressureReading& reading) {
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (!line.starts_with(reading.line)) continue;
    const std::size_t at = line.find(reading.word);
    if (at == std::string_view::npos) return std::nullopt;
    const std::string_view rest = line.substr(at + reading.word.size());
    return to_real(rest.substr(0, std::min(rest.find(' '), rest.size())));
  }
  return std::nullopt;
}

class Pressure : public QuickSensor {
 public:
  Pressure(const std::string& resource, const PressureReading& reading, const std::string& root)
      : path_(root + "/proc/pressure/" + resource), reading_(reading) {}

 private:
  Result<Measurements> read() override {
    const auto text = read_attribute(path_);
    if (!text) return Error{"proc: " + text.error() + kSwitchedOff};
    const auto number = find_number(*text, reading_);
    if (!number) return Error{"proc: " + path_ + ": has no " + std::string(reading_.name)};
    return Measurements{{"", Value::real(*number / reading_.divisor), std::string(reading_.unit)}};
  }

  const std::string path_;
  const PressureReading& reading_;
};

}  // namespace

std::vector<std::string_view> pressure_readings() { return names_of(kPressureReadings); }

Made make_pressure(const std::string& resource, const std::string& reading,
                   const std::string& root) {
  if (std::ranges::find(kResources, resource) == kResources.end()) {
    return unknown("proc: unknown pressure", resource, kResources);
  }
  const auto row = pick(kPressureReadings, reading, "proc: unknown reading of pressure");
  if (!row) return row.failure();
  return std::unique_ptr<Sensor>(std::make_unique<Pressure>(resource, **row, root));
}

}  // namespace dsn::sensor
