// SPDX-License-Identifier: Apache-2.0
// Sensors whose reading may block: a conversion on a bus, a file system of the network.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "sensor/sensor.hpp"

namespace dsn::sensor {

/// The part of such a sensor that runs on a thread of the worker. One thread at a time uses it. It
/// may outlive the sensor, so it owns all that it uses.
class Reader {
 public:
  virtual ~Reader() = default;
  virtual Result<Measurements> read() = 0;
};

struct BlockingSettings {
  std::string lane;  ///< lane of the worker: readers of one bus share it
  std::string name;  ///< what errors begin with
  /// A sample without an answer after this time is an Error. A reader that has not returned is not
  /// asked again.
  std::chrono::milliseconds deadline{5000};
};

[[nodiscard]] std::unique_ptr<Sensor> make_blocking(asio::io_context& io, BlockingSettings settings,
                                                    std::shared_ptr<Reader> reader);

}  // namespace dsn::sensor
