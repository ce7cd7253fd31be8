// SPDX-License-Identifier: Apache-2.0
// Sensors that the kernel may keep waiting: a conversion on a bus, a file system of the network.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "sensor/sensor.hpp"

namespace dsn::sensor {

/// What such a sensor does on a thread of the worker. It is used by one thread at a time and may
/// outlive the sensor, so it owns all that it uses.
class Reader {
 public:
  virtual ~Reader() = default;
  virtual Result<Measurements> read() = 0;
};

struct BlockingSettings {
  std::string lane;  ///< of the worker: the bus
  std::string name;  ///< that errors begin with
  /// A sample that has no answer by then is an Error. The reader is not asked again before it came
  /// back.
  std::chrono::milliseconds deadline{5000};
};

[[nodiscard]] std::unique_ptr<Sensor> make_blocking(asio::io_context& io, BlockingSettings settings,
                                                    std::shared_ptr<Reader> reader);

}  // namespace dsn::sensor
