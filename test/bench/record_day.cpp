// SPDX-License-Identifier: Apache-2.0
// What dsn-record writes to the disk in a day, in virtual time: the recorder is given the changes
// and the clock of a day. The folder must be on a real disk.
//
//     record_day FOLDER [NODES [KEYS [SECONDS BETWEEN TWO CHANGES OF A KEY]]]
#include <sys/stat.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "record/recorder.hpp"

namespace {

using namespace std::chrono_literals;
using Clock = dsn::record::Recorder::Clock;

long long bytes_written() {
  std::ifstream io("/proc/self/io");
  for (std::string line; std::getline(io, line);) {
    if (line.starts_with("write_bytes:")) return std::atoll(line.c_str() + 12);
  }
  return -1;
}

double size_mb(const std::string& file) {
  struct stat info {};
  return ::stat(file.c_str(), &info) == 0 ? static_cast<double>(info.st_size) / 1e6 : 0;
}

dsn::Reading reading_of(std::size_t node, std::size_t key, int second) {
  dsn::Reading reading;
  reading.node = "node" + std::to_string(node);
  reading.node_id = reading.node;
  reading.key = "sensor/value_" + std::to_string(key);
  reading.unit = "Cel";
  reading.incarnation = 1;
  reading.version = static_cast<std::uint64_t>(second) + 1;
  reading.value = dsn::Value::real(20 + std::sin(second / 13'000.0 + static_cast<double>(key)));
  return reading;
}

}  // namespace

int main(int argc, char** argv) {
  const auto argument = [&](int at, int otherwise) {
    return argc > at ? std::atoi(argv[at]) : otherwise;
  };
  if (argc < 2) return 2;
  const auto nodes = static_cast<std::size_t>(argument(2, 50));
  const auto keys = static_cast<std::size_t>(argument(3, 20));
  const int every = argument(4, 60);
  dsn::config::RecordConfig config;
  config.database = std::string(argv[1]) + "/history.sqlite";
  dsn::record::Recorder recorder(
      config, [](const std::string& note) { std::fprintf(stderr, "%s\n", note.c_str()); });
  const dsn::history::Time begin = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1);
  const long long before = bytes_written();
  const auto started = std::chrono::steady_clock::now();
  for (int second = 0; second < 86'400; ++second) {
    const auto now = begin + std::chrono::seconds(second);
    // The keys do not change at the same moment.
    for (std::size_t i = 0; i < nodes * keys; ++i) {
      if (static_cast<int>(i) % every != second % every) continue;
      recorder.take(reading_of(i / keys, i % keys, second), now);
    }
    recorder.handle_time(Clock::time_point(std::chrono::seconds(second + 1)), now);
  }
  recorder.flush(begin + 24h);
  const double took =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  std::printf("%zu x %zu keys, a change every %d s: %.0f MB written, file %.0f MB, %.0f s\n", nodes,
              keys, every, static_cast<double>(bytes_written() - before) / 1e6,
              size_mb(config.database), took);
  return 0;
}
