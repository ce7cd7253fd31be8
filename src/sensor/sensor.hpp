// SPDX-License-Identifier: Apache-2.0
// A source of readings on this machine. Each driver has a file of its own beside this one.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dsn/result.hpp"
#include "dsn/value.hpp"

namespace asio {
class io_context;
}

namespace dsn::sensor {

/// One measured value. A sensor that measures several things gives each a suffix, which is
/// appended to the configured key after a '/'; a sensor of one thing leaves it empty.
struct Measurement {
  std::string suffix;
  Value value;
  std::string unit;        ///< SenML; empty if the value has none
  std::string error = {};  ///< why this one of several has no value; empty if it has one
  /// How long ago the source says that it was measured; nothing: now.
  std::optional<std::chrono::milliseconds> age = {};
  /// A counter of this many steps goes on from 0; 0: it never does, and falls only when it begins
  /// anew.
  double counter_span = 0;
};

using Measurements = std::vector<Measurement>;

/// What the configuration says about one sensor. The catalogue lists the options of each driver;
/// booleans are "true" or "false", durations milliseconds.
struct SensorSpec {
  std::string driver;                          ///< its name in the catalogue
  std::map<std::string, std::string> options;  ///< e.g. {"chip": "cpu_thermal", "input": "temp1"}
  std::vector<std::string> command;            ///< exec only: program (absolute) and arguments
  std::chrono::milliseconds timeout{5000};     ///< exec only
};

/// Never blocks the loop that it is called on. A sample that fails is an Error with its cause;
/// the sensor may be sampled again.
class Sensor {
 public:
  using Done = std::function<void(Result<Measurements>)>;
  virtual ~Sensor() = default;
  /// Calls `done` exactly once: at once where the kernel answers at once, otherwise later on the
  /// io_context; not at all after the sensor was destroyed. A sample that is asked for while one
  /// is under way is answered with an Error.
  virtual void sample(Done done) = 0;

  using Changed = std::function<void(const Result<Measurements>&)>;
  /// Asks for changes between the samples. Most drivers notice none. `changed` is called on the
  /// io_context, not from within this call, and not after the sensor was destroyed.
  virtual void watch(const Changed& /*changed*/) {}
};

/// Makes the sensor for a specification, or says what is wrong with it. `io` must outlive the
/// sensor. `root` stands before every path of the kernel's interfaces and of the file driver ("" in
/// the product, a recorded tree in tests). A device that is not there now is no error here: it may
/// be plugged in later; its samples fail until then.
Result<std::unique_ptr<Sensor>> make_sensor(asio::io_context& io, const SensorSpec& spec,
                                            const std::string& root);

}  // namespace dsn::sensor
