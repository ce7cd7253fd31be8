// SPDX-License-Identifier: Apache-2.0
// One run of a program, from its start until nothing of it is left.
#pragma once

#include <sys/types.h>

#include <asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dsn/result.hpp"
#include "loop/handles.hpp"

namespace dsn::sensor {

struct ExecLimits {
  std::chrono::milliseconds timeout;
  std::chrono::milliseconds grace;  ///< from SIGTERM to SIGKILL
  std::size_t output_bytes_max;     ///< of each of the two streams
  bool use_pidfd;
};

/// How a run ended. The exit status is that of waitpid().
struct ExecEnd {
  int status = 0;
  bool status_lost = false;  ///< the process was reaped elsewhere, or SIGCHLD is ignored
  bool timed_out = false;
  bool flooded = false;  ///< it printed more than it may, and was stopped
  std::string output;
  std::string diagnostics;  ///< the beginning of what it wrote to standard error
};

/// The program leads a process group of its own. All signals go to the group, so they reach what
/// the program started, unless that made a group of its own. The program is reaped last, after a
/// final SIGKILL to the group: until then no other group can have its number. The program inherits
/// its three standard descriptors, and no blocked or ignored signal.
///
/// A pidfd tells of the end, so our handling of SIGCHLD stays as it is; where there are no pidfds
/// the end is polled for. Each pending operation shares the ownership of the run, so an abandoned
/// run is still reaped: by the io_context or, if that is destroyed first, by the destructor.
class ExecProcess : public std::enable_shared_from_this<ExecProcess> {
 public:
  using Done = std::function<void(const ExecEnd&)>;

  /// Starts the program. The Error says why that failed: no such program, too many descriptors.
  /// `done` is called once, from the io_context, when nothing of the run is left. The program
  /// gets `environment`, texts "NAME=value" with names that begin with DSN_, of the variables of
  /// this process PATH, HOME, LANG, TZ, USER and LOGNAME, and LC_ALL=C.UTF-8. It reads `input` from
  /// its standard input.
  static Result<std::shared_ptr<ExecProcess>> spawn(
      asio::io_context& io, const std::vector<std::string>& command, const ExecLimits& limits,
      Done done, const std::vector<std::string>& environment = {}, std::string_view input = {});
  ~ExecProcess();
  ExecProcess(const ExecProcess&) = delete;
  ExecProcess& operator=(const ExecProcess&) = delete;

  /// Kills the program. `done` is not called any more.
  void abandon();

 private:
  enum class State : std::uint8_t {
    running,
    terminating,  ///< SIGTERM was sent; SIGKILL follows
    killed,       ///< SIGKILL was sent
    reaped,       ///< nothing is left
  };
  struct Stream {
    loop::StreamDescriptor descriptor;
    std::size_t kept_bytes_max;
    std::size_t bytes = 0;  ///< received, kept or not
    std::string text;
  };

  ExecProcess(asio::io_context& io, const ExecLimits& limits, Done done);
  Result<void> start(const std::vector<std::string>& command,
                     const std::vector<std::string>& environment, std::string_view input);
  void watch();

  void wait_readable(Stream& stream);
  void handle_readable(Stream& stream);
  /// Reads what is there, at most `bytes_max` bytes; false at the end of the stream.
  bool drain(Stream& stream, std::size_t bytes_max);
  void wait_end();
  void handle_end();
  void deadline_due();
  void terminate();
  void signal_group(int signal) const;

  const ExecLimits limits_;
  Done done_;
  State state_ = State::running;
  pid_t pid_ = -1;
  ExecEnd end_;
  Stream output_;
  Stream diagnostics_;
  loop::StreamDescriptor pidfd_;  ///< not open while the end is polled for
  loop::Timer deadline_;
  loop::Timer poll_;
};

}  // namespace dsn::sensor
