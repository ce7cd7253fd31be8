// SPDX-License-Identifier: Apache-2.0
// A program that is run for each sample.
#include <sys/wait.h>

#include <utility>

#include "sensor/attribute.hpp"
#include "sensor/drivers.hpp"
#include "sensor/exec_failure.hpp"
#include "sensor/exec_output.hpp"
#include "sensor/exec_process.hpp"

namespace dsn::sensor {
namespace {

constexpr int kNotFound = 127;

class ExecSensor : public Sensor {
 public:
  ExecSensor(asio::io_context& io, const SensorSpec& spec, const ExecSettings& settings)
      : io_(io),
        command_(spec.command),
        limits_{spec.timeout, settings.grace, kExecOutputBytesMax, settings.use_pidfd} {}
  ~ExecSensor() override {
    if (process_) process_->abandon();
  }
  ExecSensor(const ExecSensor&) = delete;
  ExecSensor& operator=(const ExecSensor&) = delete;

  void sample(Done done) override {
    if (process_) {
      done(error("is still running from the sample before"));
      return;
    }
    auto process =
        ExecProcess::spawn(io_, command_, limits_, [this](const ExecEnd& end) { handle_end(end); });
    if (!process) {
      done(error(process.error()));
      return;
    }
    process_ = std::move(*process);
    done_ = std::move(done);
  }

 private:
  [[nodiscard]] Error error(const std::string& cause) const {
    return Error{"exec: " + command_[0] + ": " + cause};
  }

  void handle_end(const ExecEnd& end) {
    process_.reset();
    auto result = interpret(end);
    // `done` may destroy this.
    const Done done = std::exchange(done_, nullptr);
    done(std::move(result));
  }

  [[nodiscard]] Result<Measurements> interpret(const ExecEnd& end) const {
    if (const auto failure = failure_of(end, limits_)) {
      // A shell or env(1) that does not find what the script names.
      const bool is_missing = WIFEXITED(end.status) && WEXITSTATUS(end.status) == kNotFound;
      const std::string fault = is_missing ? fault_of_script(command_[0]) : "";
      return error(*failure + (fault.empty() ? "" : "; ") + fault);
    }
    auto measurements = parse_output(end.output);
    if (!measurements) return error(measurements.error());
    return measurements;
  }

  asio::io_context& io_;
  const std::vector<std::string> command_;
  const ExecLimits limits_;
  std::shared_ptr<ExecProcess> process_;  ///< while a sample is under way
  Done done_;
};

}  // namespace

Made make_exec(asio::io_context& io, const SensorSpec& spec, const std::string& /*root*/) {
  return make_exec(io, spec, ExecSettings{});
}

Made make_exec(asio::io_context& io, const SensorSpec& spec, const ExecSettings& settings) {
  if (auto known = check_options(spec); !known) return known.failure();
  if (spec.command.empty()) return Error{"exec: the program is missing"};
  if (!spec.command[0].starts_with('/')) {
    return Error{"exec: '" + spec.command[0] + "' is no absolute path"};
  }
  if (spec.timeout <= std::chrono::milliseconds(0))
    return Error{"exec: the timeout must be above 0"};
  return std::unique_ptr<Sensor>(std::make_unique<ExecSensor>(io, spec, settings));
}

}  // namespace dsn::sensor
