// SPDX-License-Identifier: Apache-2.0
// A program that is run for each sample.
#include <utility>

#include "sensor/attribute.hpp"
#include "sensor/child_failure.hpp"
#include "sensor/drivers.hpp"
#include "sensor/exec_child.hpp"
#include "sensor/exec_output.hpp"

namespace dsn::sensor {
namespace {

class ExecSensor : public Sensor {
 public:
  ExecSensor(asio::io_context& io, const SensorSpec& spec, const ExecSettings& settings)
      : io_(io),
        command_(spec.command),
        limits_{spec.timeout, settings.grace, kChildOutputBytesMax, settings.use_pidfd} {}
  ~ExecSensor() override {
    if (child_) child_->abandon();
  }
  ExecSensor(const ExecSensor&) = delete;
  ExecSensor& operator=(const ExecSensor&) = delete;

  void sample(Done done) override {
    if (child_) {
      done(error("is still running from the sample before"));
      return;
    }
    auto child =
        Child::spawn(io_, command_, limits_, [this](const ChildEnd& end) { handle_end(end); });
    if (!child) {
      done(error(child.error()));
      return;
    }
    child_ = std::move(*child);
    done_ = std::move(done);
  }

 private:
  [[nodiscard]] Error error(const std::string& cause) const {
    return Error{"exec: " + command_[0] + ": " + cause};
  }

  void handle_end(const ChildEnd& end) {
    child_.reset();
    auto result = interpret(end);
    // `done` may destroy this.
    const Done done = std::exchange(done_, nullptr);
    done(std::move(result));
  }

  [[nodiscard]] Result<Measurements> interpret(const ChildEnd& end) const {
    if (const auto failure = failure_of(end, limits_.timeout)) return error(*failure);
    auto measurements = parse_output(end.output);
    if (!measurements) return error(measurements.error());
    return measurements;
  }

  asio::io_context& io_;
  const std::vector<std::string> command_;
  const ChildLimits limits_;
  std::shared_ptr<Child> child_;  ///< while a sample is under way
  Done done_;
};

}  // namespace

Made make_exec(asio::io_context& io, const SensorSpec& spec, const ExecSettings& settings) {
  if (auto known = check_options(spec, {}); !known) return known.failure();
  if (spec.command.empty()) return Error{"exec: the program is missing"};
  if (!spec.command[0].starts_with('/')) {
    return Error{"exec: '" + spec.command[0] + "' is no absolute path"};
  }
  if (spec.timeout <= std::chrono::milliseconds(0))
    return Error{"exec: the timeout must be above 0"};
  return std::unique_ptr<Sensor>(std::make_unique<ExecSensor>(io, spec, settings));
}

}  // namespace dsn::sensor
