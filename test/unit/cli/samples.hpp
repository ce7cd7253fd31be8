// SPDX-License-Identifier: Apache-2.0
// The house of the documentation: three nodes, with something of everything.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "dsn/reading.hpp"

namespace dsn::cli {

using std::chrono::milliseconds;
using std::chrono::seconds;

inline Reading reading_of(const std::string& node, const std::string& key, Value value,
                          const std::string& unit, milliseconds age) {
  Reading reading;
  reading.node = node;
  reading.node_id = node + "-id";
  reading.key = key;
  reading.value = std::move(value);
  reading.unit = unit;
  reading.age = age;
  reading.max_age = seconds(30);
  reading.via = "mcast4@eth0";
  reading.incarnation = 1;
  reading.version = 2;
  return reading;
}

inline std::vector<Reading> sample_house() {
  Reading pump = reading_of("cellar", "pump/temperature", Value::real(38.6), "Cel", seconds(72));
  pump.freshness = Freshness::error;
  pump.error = "w1 28-00000a1b2c9e: CRC NO (3 of last 5)";
  Reading door = reading_of("shed", "door", Value::text("open"), "", seconds(243));
  door.freshness = Freshness::node_gone;
  door.node_heard = seconds(243);
  return {reading_of("attic", "cpu/temperature", Value::real(48.2), "Cel", seconds(11)),
          reading_of("attic", "outside/pressure", Value::real(1013.4), "hPa", seconds(4)),
          reading_of("attic", "room/temperature", Value::real(21.4), "Cel", milliseconds(3120)),
          std::move(pump),
          reading_of("cellar", "water/level", Value::real(0.62), "m", seconds(2)),
          std::move(door)};
}

}  // namespace dsn::cli
