// SPDX-License-Identifier: Apache-2.0
// Counters of a network interface. From /proc/net/dev, which is that of the namespace the process
// is in; /sys/class/net stays that of the namespace in which /sys was mounted, and its eth0 may be
// another one.
#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/interface_names.hpp"
#include "sensor/attribute.hpp"
#include "sensor/drivers.hpp"
#include "sensor/pick.hpp"
#include "sensor/scan.hpp"

namespace dsn::sensor {
namespace {

constexpr char kPath[] = "/proc/net/dev";
// 120 bytes an interface.
constexpr std::size_t kDevSizeMax = std::size_t{256} * 1024;

/// `field` is the column after `name:`. rx_dropped counts what the hardware missed, too.
struct NetColumn {
  std::string_view name;
  std::size_t field;
  std::string_view unit;
};

constexpr std::array<NetColumn, 8> kNetCounters = {{
    {"rx_bytes", 0, "B"},
    {"rx_packets", 1, "count"},
    {"rx_errors", 2, "count"},
    {"rx_dropped", 3, "count"},
    {"tx_bytes", 8, "B"},
    {"tx_packets", 9, "count"},
    {"tx_errors", 10, "count"},
    {"tx_dropped", 11, "count"},
}};

/// What the file says of one interface.
struct InterfaceLine {
  std::string_view name;
  std::string_view counters;
};

std::optional<InterfaceLine> parse_line(std::string_view line) {
  const std::size_t colon = line.rfind(':');  // an alias such as eth0:1 has one in its name
  if (colon == std::string_view::npos) return std::nullopt;  // one of the two lines of headings
  return InterfaceLine{trimmed(line.substr(0, colon)), line.substr(colon + 1)};
}

constexpr double kSpanOf32Bits = 4294967296.0;

/// Also if this program has 32 bits and the kernel 64, as on many a Raspberry Pi.
bool has_32_bit_kernel() {
  utsname system{};
  if (uname(&system) != 0) return false;
  const std::string_view machine = system.machine;
  return machine.starts_with("armv6") || machine.starts_with("armv7") || machine == "armv8l" ||
         (machine.starts_with('i') && machine.ends_with("86"));
}

class NetCounter : public QuickSensor {
 public:
  NetCounter(std::string interface_name, const NetColumn& counter, std::string root)
      : interface_name_(std::move(interface_name)),
        counter_(counter),
        path_(std::move(root) + kPath) {}

 private:
  Result<Measurements> read() override {
    const auto text = read_whole(path_, kDevSizeMax);
    if (!text) return text.failure().prefixed("proc: ");
    std::vector<std::string> names;
    std::string_view rest = *text;
    while (!rest.empty()) {
      const auto line = parse_line(take_line(rest));
      if (!line) continue;
      names.emplace_back(line->name);
      if (line->name != interface_name_) continue;
      const auto count = to_count(word_at(line->counters, counter_.field));
      if (!count) return Error{"proc: " + path_ + ": is not as expected"};
      if (*count == UINT64_MAX) {
        return Error{"proc: " + interface_name_ + ": its driver does not count now (all ones)"};
      }
      Measurement measured{"", counter_value(*count), std::string(counter_.unit)};
      // Drivers of a kernel with 32 bits count with as many.
      measured.counter_span = has_32_bit_kernel() ? kSpanOf32Bits : 0;
      return Measurements{std::move(measured)};
    }
    return Error{"proc: no network interface '" + interface_name_ + "' (found: " + listed(names) +
                 ")"};
  }

  const std::string interface_name_;
  const NetColumn& counter_;
  const std::string path_;
};

}  // namespace

std::vector<std::string_view> net_counters() { return names_of(kNetCounters); }

std::vector<std::string> used_interfaces(const std::string& root) {
  std::vector<std::string> names;
  const auto text = read_whole(root + kPath, kDevSizeMax);
  std::string_view rest = text.ok() ? std::string_view(*text) : std::string_view();
  while (!rest.empty()) {
    const auto line = parse_line(take_line(rest));
    if (!line || line->name == "lo" || is_virtual_interface(line->name)) continue;
    if (to_count(word_at(line->counters, 0)).value_or(0) > 0) names.emplace_back(line->name);
  }
  return names;
}

Made make_net_counter(const std::string& interface_name, const std::string& counter,
                      const std::string& root) {
  const auto row = pick(kNetCounters, counter, "proc: unknown counter");
  if (!row) return row.failure();
  return std::unique_ptr<Sensor>(std::make_unique<NetCounter>(interface_name, **row, root));
}

}  // namespace dsn::sensor
