// SPDX-License-Identifier: Apache-2.0
// A program that runs on and prints a line for each reading, such as rtl_433 or a reader of a
// serial port. It is started again when it ends, later each time.
#include <algorithm>
#include <optional>
#include <utility>

#include "base/duration.hpp"
#include "loop/alive.hpp"
#include "loop/handles.hpp"
#include "sensor/drivers.hpp"
#include "sensor/exec_failure.hpp"
#include "sensor/exec_output.hpp"
#include "sensor/exec_process.hpp"

namespace dsn::sensor {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kLineBytesMax = std::size_t{64} * 1024;
constexpr milliseconds kRestartMax{60'000};

class ExecStream : public Sensor {
 public:
  ExecStream(asio::io_context& io, const SensorSpec& spec, const ExecSettings& settings)
      : io_(io),
        command_(spec.command),
        limits_{spec.timeout, settings.grace, kLineBytesMax, settings.use_pidfd},
        restart_min_(settings.restart),
        restart_(settings.restart),
        pause_(io),
        patience_(io) {}
  ~ExecStream() override {
    if (process_) process_->abandon();
  }
  ExecStream(const ExecStream&) = delete;
  ExecStream& operator=(const ExecStream&) = delete;

  /// What it printed since the last sample, which is nothing if that was told of at once. Whoever
  /// does not watch waits for the first line.
  void sample(Done done) override {
    if (waiting_) return done(error("has not answered the sample before"));
    if (!process_ && !restarts_) start();
    if (fresh_ || failure_ || changed_) return done(take());
    waiting_ = std::move(done);
    patience_.expires_after(limits_.timeout);
    patience_.async_wait(alive_.guard(this, &ExecStream::handle_patience));
  }

  void watch(const Changed& changed) override { changed_ = changed; }

 private:
  [[nodiscard]] Error error(const std::string& cause) const {
    return Error{"exec: " + command_[0] + ": " + cause};
  }

  [[nodiscard]] Result<Measurements> take() {
    if (failure_) return *failure_;
    return std::exchange(fresh_, std::nullopt).value_or(Measurements{});
  }

  void start() {
    restarts_ = false;
    auto process =
        ExecProcess::spawn(io_, command_, limits_, [this](const ExecEnd& end) { handle_end(end); });
    if (!process) {
      fail(process.error());
      return;
    }
    process_ = std::move(*process);
    started_ = Clock::now();
    process_->listen([this](const std::string& line) { handle_line(line); });
  }

  void handle_line(const std::string& line) {
    auto measurements = parse_output(line);
    if (!measurements) return;  // a blank line, or the end of one that began before this program
    failure_.reset();
    fresh_ = std::move(*measurements);
    tell();
  }

  void handle_end(const ExecEnd& end) {
    process_.reset();
    // One that ran well for a while is not to be blamed for what was before.
    if (Clock::now() - started_ > kRestartMax) restart_ = restart_min_;
    fail(failure_of(end, limits_).value_or("ended"));
  }

  void fail(const std::string& cause) {
    failure_ = error(cause + "; it is started again in " + duration_text(restart_));
    restarts_ = true;
    pause_.expires_after(restart_);
    pause_.async_wait(alive_.guard(this, &ExecStream::handle_pause));
    restart_ = std::min(2 * restart_, kRestartMax);
    tell();
  }

  void handle_pause(const std::error_code& failure) {
    if (!failure) start();
  }

  void handle_patience(const std::error_code& failure) {
    if (failure || !waiting_) return;
    answer(error("has printed no line within " + duration_text(limits_.timeout)));
  }

  /// Whoever waits, or whoever watches. Either may destroy this.
  void tell() {
    if (waiting_) {
      patience_.cancel();
      answer(take());
    } else if (changed_) {
      const Changed changed = changed_;
      changed(take());
    }
  }

  void answer(const Result<Measurements>& result) {
    const Done done = std::exchange(waiting_, nullptr);
    done(result);
  }

  asio::io_context& io_;
  const std::vector<std::string> command_;
  const ExecLimits limits_;
  const milliseconds restart_min_;
  milliseconds restart_;                  ///< the next pause
  std::shared_ptr<ExecProcess> process_;  ///< while it runs
  Clock::time_point started_;
  bool restarts_ = false;              ///< a pause is under way
  std::optional<Measurements> fresh_;  ///< not told of yet
  std::optional<Error> failure_;       ///< since its last line
  Changed changed_;
  Done waiting_;
  loop::Timer pause_;
  loop::Timer patience_;
  loop::Alive alive_;
};

}  // namespace

Made make_exec_stream(asio::io_context& io, const SensorSpec& spec, const ExecSettings& settings) {
  return std::unique_ptr<Sensor>(std::make_unique<ExecStream>(io, spec, settings));
}

}  // namespace dsn::sensor
