// SPDX-License-Identifier: Apache-2.0
// Counters of a network interface. From /proc/net/dev, which is that of the namespace the process
// is in; /sys/class/net stays that of the namespace in which /sys was mounted, and its eth0 may be
// another one.
#include <algorithm>
#include <array>

#include "base/suggest.hpp"
#include "sensor/attribute.hpp"
#include "sensor/drivers.hpp"

namespace dsn::sensor {
namespace {

// 120 bytes an interface.
constexpr std::size_t kDevSizeMax = std::size_t{256} * 1024;

/// `field` is the column after `name:`. rx_dropped counts what the hardware missed, too.
struct Counter {
  std::string_view name;
  std::size_t field;
  std::string_view unit;
};

constexpr std::array<Counter, 8> kCounters = {{
    {"rx_bytes", 0, "B"},
    {"rx_packets", 1, "count"},
    {"rx_errors", 2, "count"},
    {"rx_dropped", 3, "count"},
    {"tx_bytes", 8, "B"},
    {"tx_packets", 9, "count"},
    {"tx_errors", 10, "count"},
    {"tx_dropped", 11, "count"},
}};

class NetCounter : public QuickSensor {
 public:
  NetCounter(std::string interface_name, const Counter& counter, std::string root)
      : interface_name_(std::move(interface_name)),
        counter_(counter),
        path_(std::move(root) + "/proc/net/dev") {}

 private:
  Result<Measurements> read() override {
    const auto text = read_whole(path_, kDevSizeMax);
    if (!text) return text.failure().prefixed("proc: ");
    std::vector<std::string> names;
    std::string_view rest = *text;
    while (!rest.empty()) {
      const std::string_view line = take_line(rest);
      const std::size_t colon = line.rfind(':');      // an alias such as eth0:1 has one in its name
      if (colon == std::string_view::npos) continue;  // one of the two lines of headings
      const std::string_view name = trimmed(line.substr(0, colon));
      names.emplace_back(name);
      if (name != interface_name_) continue;
      const auto count = to_count(word_at(line.substr(colon + 1), counter_.field));
      if (!count) return Error{"proc: " + path_ + ": is not as expected"};
      return Measurements{{"", counter_value(*count), std::string(counter_.unit)}};
    }
    return Error{"proc: no network interface '" + interface_name_ + "' (found: " + listed(names) +
                 ")"};
  }

  const std::string interface_name_;
  const Counter& counter_;
  const std::string path_;
};

}  // namespace

std::vector<std::string_view> net_counters() {
  std::vector<std::string_view> names;
  for (const Counter& counter : kCounters) names.push_back(counter.name);
  return names;
}

Made make_net_counter(const std::string& interface_name, const std::string& counter,
                      const std::string& root) {
  const auto found = std::ranges::find(kCounters, counter, &Counter::name);
  if (found == kCounters.end()) {
    return Error{"proc: unknown counter '" + counter + "'" + did_you_mean(counter, net_counters())};
  }
  return std::unique_ptr<Sensor>(std::make_unique<NetCounter>(interface_name, *found, root));
}

}  // namespace dsn::sensor
