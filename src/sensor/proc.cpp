// SPDX-License-Identifier: Apache-2.0
// What /proc says about the machine as a whole.
#include <sys/stat.h>

#include <algorithm>
#include <array>

#include "sensor/attribute.hpp"
#include "sensor/drivers.hpp"
#include "sensor/pick.hpp"

namespace dsn::sensor {
namespace {

constexpr std::size_t kMeminfoSizeMax = std::size_t{64} * 1024;  // 1.5 KiB on a Pi

Error unexpected(const std::string& path) {
  return Error{"proc: " + path + ": is not as expected"};
}

Result<Value> real_word(const std::string& path, std::size_t index) {
  const auto text = read_attribute(path);
  if (!text) return text.failure().prefixed("proc: ");
  const auto number = to_real(word_at(*text, index));
  if (!number) return unexpected(path);
  return Value::real(*number);
}

/// The bytes in the line `NAME:  123 kB` of /proc/meminfo.
std::optional<std::int64_t> memory_bytes(std::string_view meminfo, std::string_view name) {
  while (!meminfo.empty()) {
    const std::string_view line = take_line(meminfo);
    if (!line.starts_with(name) || line.substr(name.size(), 1) != ":") continue;
    const auto kilobytes = to_integer(word_at(line, 1));
    if (!kilobytes || *kilobytes < 0 || *kilobytes > INT64_MAX / 1024) return std::nullopt;
    return *kilobytes * 1024;
  }
  return std::nullopt;
}

/// The value of one line, or the difference of two.
Result<Value> memory(const std::string& root, std::string_view name,
                     std::string_view less_name = {}) {
  const std::string path = root + "/proc/meminfo";
  const auto text = read_whole(path, kMeminfoSizeMax);
  if (!text) return text.failure().prefixed("proc: ");
  const auto bytes = memory_bytes(*text, name);
  if (!bytes) return Error{"proc: " + path + ": has no '" + std::string(name) + "'"};
  if (less_name.empty()) return Value::integer(*bytes);
  const auto less = memory_bytes(*text, less_name);
  if (!less) return Error{"proc: " + path + ": has no '" + std::string(less_name) + "'"};
  return Value::integer(*bytes - *less);
}

/// The fourth word of /proc/loadavg, `2/345`: tasks that run, and all. Unlike the folders of /proc
/// nothing hides it; threads count, too.
Result<Value> tasks(const std::string& root) {
  const std::string path = root + "/proc/loadavg";
  const auto text = read_attribute(path);
  if (!text) return text.failure().prefixed("proc: ");
  const std::string_view word = word_at(*text, 3);
  const auto count = to_integer(word.substr(std::min(word.find('/') + 1, word.size())));
  if (!count) return unexpected(path);
  return Value::integer(*count);
}

Result<Value> processes(const std::string& root) {
  struct stat status {};
  // Process 1 always exists. If it cannot be seen, a count would be one of our own processes.
  if (stat((root + "/proc/1").c_str(), &status) != 0) {
    return Error{"proc: processes: " + root +
                 "/proc hides them (hidepid, or ProtectProc= of the service): 'tasks' counts all "
                 "threads, which nothing hides"};
  }
  const auto is_number = [](std::string_view name) {
    return name.find_first_not_of("0123456789") == std::string_view::npos;
  };
  // Folder by first digit, since a listing is bounded.
  std::int64_t count = 0;
  for (const char* digit : {"1", "2", "3", "4", "5", "6", "7", "8", "9"}) {
    count += std::ranges::count_if(list_folder(root + "/proc", digit), is_number);
  }
  return Value::integer(count);
}

using Read = Result<Value> (*)(const std::string& root);

struct ProcReading {
  std::string_view name;
  std::string_view unit;
  Read read;
};

constexpr std::array<ProcReading, 12> kProcReadings = {{
    {"load1", "", [](const std::string& root) { return real_word(root + "/proc/loadavg", 0); }},
    {"load5", "", [](const std::string& root) { return real_word(root + "/proc/loadavg", 1); }},
    {"load15", "", [](const std::string& root) { return real_word(root + "/proc/loadavg", 2); }},
    {"mem_total", "B", [](const std::string& root) { return memory(root, "MemTotal"); }},
    {"mem_free", "B", [](const std::string& root) { return memory(root, "MemFree"); }},
    {"mem_available", "B", [](const std::string& root) { return memory(root, "MemAvailable"); }},
    {"mem_used", "B",
     [](const std::string& root) { return memory(root, "MemTotal", "MemAvailable"); }},
    {"swap_total", "B", [](const std::string& root) { return memory(root, "SwapTotal"); }},
    {"swap_used", "B",
     [](const std::string& root) { return memory(root, "SwapTotal", "SwapFree"); }},
    {"uptime", "s", [](const std::string& root) { return real_word(root + "/proc/uptime", 0); }},
    {"processes", "count", processes},
    {"tasks", "count", tasks},
}};
constexpr std::string_view kCpuUsage = "cpu_usage";

class ProcSensor : public QuickSensor {
 public:
  ProcSensor(const ProcReading& reading, std::string root)
      : reading_(reading), root_(std::move(root)) {}

 private:
  Result<Measurements> read() override {
    auto value = reading_.read(root_);
    if (!value) return value.failure();
    return Measurements{{"", std::move(*value), std::string(reading_.unit)}};
  }

  const ProcReading& reading_;
  const std::string root_;
};

}  // namespace

std::vector<std::string_view> proc_readings() {
  auto names = names_of(kProcReadings);
  names.push_back(kCpuUsage);
  return names;
}

namespace {

/// What another source than the machine as a whole is asked for.
Made make_of(asio::io_context& io, const SensorSpec& spec, const std::string& source,
             const std::string& what, const std::string& root) {
  const std::string& name = *find_option(spec, source);
  if (source == "net") return make_net_counter(name, what, root);
  if (source == "disk") return make_disk_counter(name, what, root);
  if (source == "mount") return make_mount(io, spec, what, root);
  return make_pressure(name, what, root);
}

Made make_reading(const std::string& name, const std::string& root) {
  if (name == kCpuUsage) return make_cpu_usage(root);
  const auto reading = std::ranges::find(kProcReadings, name, &ProcReading::name);
  if (reading == kProcReadings.end())
    return unknown("proc: unknown reading", name, proc_readings());
  return std::unique_ptr<Sensor>(std::make_unique<ProcSensor>(*reading, root));
}

}  // namespace

Made make_proc(asio::io_context& io, const SensorSpec& spec, const std::string& root) {
  if (auto known = check_options(spec); !known) return known.failure();
  std::string source;
  for (const char* name : {"net", "disk", "mount", "pressure"}) {
    if (find_option(spec, name) == nullptr) continue;
    if (!source.empty())
      return Error{"proc: '" + source + "' and '" + name + "' exclude each other"};
    source = name;
  }
  const bool is_counter = source == "net" || source == "disk";
  const std::string* what = find_option(spec, is_counter ? "counter" : "reading");
  if (what == nullptr || find_option(spec, is_counter ? "reading" : "counter") != nullptr) {
    return Error{
        "proc: needs 'reading', alone or with 'mount' or 'pressure', or 'counter' with 'net' or "
        "'disk'"};
  }
  if (source.empty()) return make_reading(*what, root);
  return make_of(io, spec, source, *what, root);
}

}  // namespace dsn::sensor
