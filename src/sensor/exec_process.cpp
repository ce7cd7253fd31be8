// SPDX-License-Identifier: Apache-2.0
#include "sensor/exec_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>

#include "base/descriptor.hpp"
#include "sensor/exec_failure.hpp"

namespace dsn::sensor {
namespace {

constexpr std::size_t kDiagnosticsKept = 1024;
// What one wake-up reads, so that a program that prints without end leaves time for the rest.
constexpr std::size_t kReadAtOnce = std::size_t{16} * 1024;
constexpr std::chrono::milliseconds kPollInterval{20};
// How long a destructor may wait for a killed process: far longer than the kernel needs, unless
// the process hangs in a driver, and then init inherits it.
constexpr int kLastWaitMs = 1000;

struct PipeEnds {
  Descriptor read;
  Descriptor write;
  bool make() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return false;
    read.reset(ends[0]);
    write.reset(ends[1]);
    return true;
  }
};

/// What posix_spawn is told; its functions fail only for want of memory.
struct SpawnSettings {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  SpawnSettings() {
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
  }
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  bool set(int input, int output, int diagnostics) {
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    return posix_spawn_file_actions_adddup2(&files, input, 0) == 0 &&
           posix_spawn_file_actions_adddup2(&files, output, 1) == 0 &&
           posix_spawn_file_actions_adddup2(&files, diagnostics, 2) == 0 &&
           // Descriptors that some library opened without O_CLOEXEC.
           posix_spawn_file_actions_addclosefrom_np(&files, 3) == 0 &&
           posix_spawnattr_setpgroup(&attributes, 0) == 0 &&
           posix_spawnattr_setsigmask(&attributes, &none) == 0 &&
           // An agent ignores SIGPIPE; a program that inherits that would not end by it.
           posix_spawnattr_setsigdefault(&attributes, &all) == 0 &&
           posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                                     POSIX_SPAWN_SETSIGDEF) == 0;
  }
};

/// A file in memory with this text, which is read from its beginning. It never keeps the writer
/// waiting, as a pipe would. Not open if there are too many descriptors or there is too little
/// memory.
Descriptor file_of(std::string_view text) {
  if (text.empty()) return Descriptor(open("/dev/null", O_RDONLY | O_CLOEXEC));
  Descriptor file(memfd_create("dsn-input", MFD_CLOEXEC));
  if (!file.is_open()) return file;
  const ssize_t written = write(file.get(), text.data(), text.size());
  const bool is_whole = written == static_cast<ssize_t>(text.size());
  if (!is_whole || lseek(file.get(), 0, SEEK_SET) != 0) file.reset();
  return file;
}

/// When memory runs out it is the first to go, before the agent, and it leaves no core files on the
/// disk. Its children inherit both. What cannot be set is not: it may have ended already.
void make_expendable(pid_t pid) {
  const rlimit none{0, 0};
  prlimit(pid, RLIMIT_CORE, &none, nullptr);
  const std::string path = "/proc/" + std::to_string(pid) + "/oom_score_adj";
  const Descriptor file(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file.is_open()) return;
  [[maybe_unused]] const ssize_t ignored = write(file.get(), "1000", 4);
}

/// As execve() wants them, which does not write to them.
std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

/// Whether a program gets the variable "NAME=value" of this process. Others are for the agent
/// alone, such as where its credentials are and the socket of its service manager.
bool is_passed_on(std::string_view variable) {
  constexpr std::array<std::string_view, 6> kNames{"PATH", "HOME", "LANG", "TZ", "USER", "LOGNAME"};
  const std::string_view name = variable.substr(0, variable.find('='));
  return std::ranges::find(kNames, name) != kNames.end();
}

/// A program prints and reads numbers with a point, whatever language the machine speaks.
constexpr char kLocale[] = "LC_ALL=C.UTF-8";

/// `given`, and what of ours is passed on.
std::vector<char*> with_ours(const std::vector<std::string>& given) {
  std::vector<char*> variables = pointers_to(given);
  variables.pop_back();
  for (char** ours = environ; *ours != nullptr; ++ours) {
    if (is_passed_on(*ours)) variables.push_back(*ours);
  }
  variables.push_back(const_cast<char*>(kLocale));
  variables.push_back(nullptr);
  return variables;
}

int open_pidfd(pid_t pid) {
  // glibc 2.36 has no pidfd_open() in a header that goes with sys/wait.h. Always close-on-exec.
  return static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
}

}  // namespace

ExecProcess::ExecProcess(asio::io_context& io, const ExecLimits& limits, Done done)
    : limits_(limits),
      done_(std::move(done)),
      output_{loop::StreamDescriptor(io), limits.output_bytes_max, 0, {}},
      diagnostics_{loop::StreamDescriptor(io), kDiagnosticsKept, 0, {}},
      pidfd_(io),
      deadline_(io),
      poll_(io) {}

Result<std::shared_ptr<ExecProcess>> ExecProcess::spawn(asio::io_context& io,
                                                        const std::vector<std::string>& command,
                                                        const ExecLimits& limits, Done done,
                                                        const std::vector<std::string>& environment,
                                                        std::string_view input) {
  std::shared_ptr<ExecProcess> process(new ExecProcess(io, limits, std::move(done)));
  if (auto started = process->start(command, environment, input); !started) {
    return started.failure();
  }
  process->watch();
  return process;
}

Result<void> ExecProcess::start(const std::vector<std::string>& command,
                                const std::vector<std::string>& environment,
                                std::string_view input) {
  PipeEnds output;
  PipeEnds diagnostics;
  const Descriptor input_file = file_of(input);
  if (!input_file.is_open() || !output.make() || !diagnostics.make()) {
    return Error{std::strerror(errno)};
  }
  SpawnSettings settings;
  if (!settings.set(input_file.get(), output.write.get(), diagnostics.write.get()))
    return Error{std::strerror(ENOMEM)};
  std::vector<char*> arguments = pointers_to(command);
  std::vector<char*> variables = with_ours(environment);
  const int error = posix_spawn(&pid_, arguments[0], &settings.files, &settings.attributes,
                                arguments.data(), variables.data());
  if (error != 0) {
    pid_ = -1;
    // That a file which is there does not exist is said of what it needs.
    const bool is_there = error == ENOEXEC || (error == ENOENT && access(arguments[0], F_OK) == 0);
    const std::string fault = is_there ? fault_of_script(command[0]) : "";
    return Error{fault.empty() ? std::strerror(error) : fault};
  }
  make_expendable(pid_);
  // From here on the destructor ends the program, whatever fails.
  asio::error_code failure;
  output_.descriptor.assign(output.read.release(), failure);
  if (!failure) output_.descriptor.non_blocking(true, failure);
  if (!failure) diagnostics_.descriptor.assign(diagnostics.read.release(), failure);
  if (!failure) diagnostics_.descriptor.non_blocking(true, failure);
  if (failure) return Error{failure.message()};
  const int pidfd = limits_.use_pidfd ? open_pidfd(pid_) : -1;
  if (pidfd < 0) return {};
  pidfd_.assign(pidfd, failure);
  if (failure) close(pidfd);
  return {};
}

void ExecProcess::watch() {
  wait_readable(output_);
  wait_readable(diagnostics_);
  wait_end();
  deadline_.expires_after(limits_.timeout);
  deadline_.async_wait([self = shared_from_this()](const asio::error_code& error) {
    if (!error) self->deadline_due();
  });
}

ExecProcess::~ExecProcess() {
  if (pid_ < 0 || state_ == State::reaped) return;
  signal_group(SIGKILL);
  for (int waited_ms = 0; waited_ms < kLastWaitMs; ++waited_ms) {
    const pid_t reaped = waitpid(pid_, nullptr, WNOHANG);
    if (reaped == pid_ || (reaped < 0 && errno != EINTR)) return;
    poll(nullptr, 0, 1);
  }
}

void ExecProcess::abandon() {
  done_ = nullptr;
  if (state_ == State::reaped) return;
  state_ = State::killed;
  signal_group(SIGKILL);
  asio::error_code ignored;
  output_.descriptor.close(ignored);
  diagnostics_.descriptor.close(ignored);
  deadline_.cancel();
}

void ExecProcess::wait_readable(Stream& stream) {
  stream.descriptor.async_wait(loop::StreamDescriptor::wait_read,
                               [self = shared_from_this(), &stream](const asio::error_code& error) {
                                 if (!error) self->handle_readable(stream);
                               });
}

void ExecProcess::handle_readable(Stream& stream) {
  if (!stream.descriptor.is_open()) return;
  const bool more = drain(stream, kReadAtOnce);
  if (stream.bytes > limits_.output_bytes_max && state_ == State::running) {
    end_.flooded = true;
    terminate();
  }
  // What a flood holds back is of no interest any more.
  if (more && !end_.flooded) wait_readable(stream);
}

bool ExecProcess::drain(Stream& stream, std::size_t bytes_max) {
  std::array<char, 4096> buffer;
  for (std::size_t total = 0; total < bytes_max;) {
    const ssize_t count = read(stream.descriptor.native_handle(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno == EAGAIN || errno == EWOULDBLOCK;
    if (count == 0) return false;
    const auto size = static_cast<std::size_t>(count);
    const std::size_t room = stream.kept_bytes_max - stream.text.size();
    stream.text.append(buffer.data(), std::min(size, room));
    stream.bytes += size;
    total += size;
  }
  return true;
}

void ExecProcess::wait_end() {
  if (pidfd_.is_open()) {
    pidfd_.async_wait(loop::StreamDescriptor::wait_read,
                      [self = shared_from_this()](const asio::error_code& error) {
                        if (!error) self->handle_end();
                      });
    return;
  }
  poll_.expires_after(kPollInterval);
  poll_.async_wait([self = shared_from_this()](const asio::error_code& error) {
    if (!error) self->handle_end();
  });
}

void ExecProcess::handle_end() {
  siginfo_t info{};
  const int waited = waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT);
  if (waited == 0 && info.si_pid == 0) {
    wait_end();  // not yet
    return;
  }
  // The last words, which may have come since the last wake-up.
  for (Stream* stream : {&output_, &diagnostics_}) {
    if (stream->descriptor.is_open()) drain(*stream, limits_.output_bytes_max + 1);
    end_.flooded = end_.flooded || stream->bytes > limits_.output_bytes_max;
  }
  // Only while it is not reaped the number of the group is certain to be its own.
  if (waited == 0) signal_group(SIGKILL);
  pid_t reaped = 0;
  do {
    reaped = waitpid(pid_, &end_.status, 0);
  } while (reaped < 0 && errno == EINTR);
  end_.status_lost = reaped < 0;
  state_ = State::reaped;
  asio::error_code ignored;
  output_.descriptor.close(ignored);
  diagnostics_.descriptor.close(ignored);
  pidfd_.close(ignored);
  deadline_.cancel();
  end_.output = std::move(output_.text);
  end_.diagnostics = std::move(diagnostics_.text);
  if (const Done done = std::exchange(done_, nullptr)) done(end_);
}

void ExecProcess::deadline_due() {
  if (state_ == State::running) {
    end_.timed_out = true;
    terminate();
  } else if (state_ == State::terminating) {
    state_ = State::killed;
    signal_group(SIGKILL);
  }
}

void ExecProcess::terminate() {
  state_ = State::terminating;
  signal_group(SIGTERM);
  // A program that is stopped (SIGSTOP) takes the signal only when it goes on.
  signal_group(SIGCONT);
  deadline_.expires_after(limits_.grace);
  deadline_.async_wait([self = shared_from_this()](const asio::error_code& error) {
    if (!error) self->deadline_due();
  });
}

void ExecProcess::signal_group(int signal) const {
  if (pid_ <= 0) return;
  // Under qemu-user posix_spawn returns before the child has a group: then it has no children
  // either.
  if (kill(-pid_, signal) != 0 && errno == ESRCH) kill(pid_, signal);
}

}  // namespace dsn::sensor
