// SPDX-License-Identifier: Apache-2.0
// A temperature sensor that shares its readings:  sensor LOCATION COORDINATOR
// All nodes of a network have the same key, which is made once:  dsn key new --out network.key
//
//   g++ -std=c++20 sensor.cpp $(pkg-config --cflags --libs dsn-node) -o sensor
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <dsn/node.hpp>
#include <string>
#include <thread>

double read_temperature_sensor() { return 20.0 + std::rand() % 100 / 10.0; }

int main(int count, char** words) {
  using namespace std::chrono_literals;
  if (count != 3) return 2;
  const std::string location = words[1];
  auto sensor = dsn::Node::start({.node_id = "sensor_" + location,
                                  .port = 0,
                                  .aes_key_file = "network.key",
                                  .credential_dir = "dsn-" + location,
                                  .bootstrap_nodes = {{words[2], 8000}}});
  if (!sensor) return std::fprintf(stderr, "%s\n", sensor.error().c_str()), 1;
  while (true) {
    // Late after three minutes: who reads it sees a sensor that hangs.
    const auto set = sensor->set({{.key = "temperature",
                                   .value = dsn::Value::real(read_temperature_sensor()),
                                   .unit = "Cel",
                                   .max_age = 180s}});
    if (!set) std::fprintf(stderr, "%s\n", set.error().c_str());
    std::this_thread::sleep_for(60s);
  }
}
