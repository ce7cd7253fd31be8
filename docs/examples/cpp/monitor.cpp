// SPDX-License-Identifier: Apache-2.0
// The monitoring station of sensor.cpp, with the same network.key: prints each temperature as it
// changes.
//
//   g++ -std=c++20 monitor.cpp $(pkg-config --cflags --libs dsn-node) -o monitor
#include <cstdio>
#include <dsn/node.hpp>

int main() {
  const auto show = [](const dsn::Reading& reading) {
    const auto number = reading.value.as_number();
    if (!reading.node.starts_with("sensor_") || reading.key != "temperature" || !number) return;
    std::printf("%s: %.1f°C (%s)\n", reading.node.c_str(), *number, to_string(reading.freshness));
    std::fflush(stdout);
  };
  auto monitor = dsn::Node::start(
      {.node_id = "coordinator", .port = 8000, .aes_key_file = "network.key"}, {.updated = show});
  if (!monitor) return std::fprintf(stderr, "%s\n", monitor.error().c_str()), 1;
  std::getchar();  // until Return
}
