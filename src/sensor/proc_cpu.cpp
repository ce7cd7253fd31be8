// SPDX-License-Identifier: Apache-2.0
// How busy the processors were between two samples.
#include <algorithm>
#include <array>
#include <optional>

#include "sensor/attribute.hpp"
#include "sensor/drivers.hpp"

namespace dsn::sensor {
namespace {

// The kernel counts in ticks of 10 ms. Of fewer than ten, one tick would be a jump of 10 %.
constexpr std::int64_t kTicksMin = 10;

/// The fields of the line. The kernel has ten of them; those of guests are in `user` already.
constexpr std::size_t kFields = 8;
constexpr std::size_t kIdle = 3;
constexpr std::size_t kIoWait = 4;
using Ticks = std::array<std::int64_t, kFields>;

/// The first line of /proc/stat: `cpu  user nice system idle iowait irq softirq steal ...`. Time
/// of guests is in user already.
std::optional<Ticks> parse_ticks(std::string_view text) {
  if (!text.starts_with("cpu ")) return std::nullopt;
  text = text.substr(4, text.find('\n') - 4);
  Ticks ticks{};
  for (std::int64_t& field : ticks) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    const std::size_t end = std::min(text.find(' '), text.size());
    const auto count = to_integer(text.substr(0, end));
    if (!count || *count < 0 || *count > INT64_MAX / 16) return std::nullopt;
    field = *count;
    text.remove_prefix(end);
  }
  return ticks;
}

struct Change {
  std::int64_t idle = 0;
  std::int64_t total = 0;
};

/// Of a field that goes back nothing is known but that it did: iowait does by a few ticks
/// (proc(5)), and the steal of a guest by any number when it moves to another host.
Change change_since(const Ticks& before, const Ticks& now) {
  Change change;
  for (std::size_t i = 0; i < kFields; ++i) {
    const std::int64_t ticks = std::max<std::int64_t>(now[i] - before[i], 0);
    if (i == kIdle || i == kIoWait) change.idle += ticks;
    change.total += ticks;
  }
  return change;
}

/// Compares with the sample before, the first one with the moment the sensor was made.
class CpuUsage : public QuickSensor {
 public:
  explicit CpuUsage(std::string root) : path_(std::move(root) + "/proc/stat") {
    if (auto ticks = ticks_now()) before_ = *ticks;
  }

 private:
  Result<Ticks> ticks_now() const {
    const auto text = read_attribute(path_);
    if (!text) return text.failure().prefixed("proc: ");
    if (const auto ticks = parse_ticks(*text)) return *ticks;
    return Error{"proc: " + path_ + ": is not as expected"};
  }

  Result<Measurements> read() override {
    const auto now = ticks_now();
    if (!now) return now.failure();
    if (!before_) {
      before_ = *now;  // the file was not there before
      return Error{"proc: cpu_usage: needs a second sample"};
    }
    const Change change = change_since(*before_, *now);
    if (change.total < kTicksMin) {
      // Of counters that began anew the next sample will know.
      if ((*now)[kIdle] < (*before_)[kIdle]) before_ = *now;
      return Error{"proc: cpu_usage: needs a second sample"};
    }
    before_ = *now;
    const double busy =
        100.0 * static_cast<double>(change.total - change.idle) / static_cast<double>(change.total);
    return Measurements{{"", Value::real(busy), "%"}};
  }

  const std::string path_;
  std::optional<Ticks> before_;
};

}  // namespace

std::unique_ptr<Sensor> make_cpu_usage(const std::string& root) {
  return std::make_unique<CpuUsage>(root);
}

}  // namespace dsn::sensor
