// SPDX-License-Identifier: Apache-2.0
// How busy the processors were between two samples.
#include <algorithm>
#include <optional>

#include "sensor/attribute.hpp"
#include "sensor/drivers.hpp"

namespace dsn::sensor {
namespace {

// The kernel counts in ticks of 10 ms. Of fewer than ten, one tick would be a jump of 10 %.
constexpr std::int64_t kTicksMin = 10;

struct Ticks {
  std::int64_t idle = 0;
  std::int64_t total = 0;
};

/// The first line of /proc/stat: `cpu  user nice system idle iowait irq softirq steal ...`. Time
/// of guests is in user already.
std::optional<Ticks> parse_ticks(std::string_view text) {
  if (!text.starts_with("cpu ")) return std::nullopt;
  text = text.substr(4, text.find('\n') - 4);
  Ticks ticks;
  for (int field = 0; field < 8; ++field) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    const std::size_t end = std::min(text.find(' '), text.size());
    const auto count = to_integer(text.substr(0, end));
    if (!count || *count < 0 || *count > INT64_MAX / 16) return std::nullopt;
    if (field == 3 || field == 4) ticks.idle += *count;
    ticks.total += *count;
    text.remove_prefix(end);
  }
  return ticks;
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
    if (!before_ || now->total < before_->total) {
      before_ = *now;  // it was not there before, or the counters began anew
      return Error{"proc: cpu_usage: needs a second sample"};
    }
    const std::int64_t total = now->total - before_->total;
    if (total < kTicksMin) return Error{"proc: cpu_usage: needs a second sample"};
    // iowait may go back by a few ticks (proc(5)), so idle is no more than near the truth.
    const std::int64_t idle = std::clamp<std::int64_t>(now->idle - before_->idle, 0, total);
    before_ = *now;
    const double busy = 100.0 * static_cast<double>(total - idle) / static_cast<double>(total);
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
