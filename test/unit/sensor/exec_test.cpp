// SPDX-License-Identifier: Apache-2.0
// Real programs, without any sleep: the io_context runs until nothing of them is left.
#include <fcntl.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <asio/steady_timer.hpp>
#include <csignal>
#include <optional>
#include <utility>

#include "sensor/drivers.hpp"
#include "tree.hpp"

namespace dsn::sensor {
namespace {

using std::chrono::milliseconds;

SensorSpec shell(const std::string& script, milliseconds timeout = milliseconds(20'000)) {
  return {"exec", {}, {"/bin/sh", "-c", script}, timeout};
}

std::size_t open_descriptors() {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    (void)entry;
    ++count;
  }
  return count;
}

bool spawn_tells_failures() {
  pid_t pid = -1;
  char* nothing[] = {nullptr};
  if (posix_spawn(&pid, "/no/such/program", nullptr, nullptr, nothing, nothing) != 0) return true;
  waitpid(pid, nullptr, 0);
  return false;
}

/// With a pidfd, and by polling.
class Exec : public Tree, public testing::WithParamInterface<bool> {
 protected:
  Exec() {
    // What asio opens for itself with the first timer is no leak.
    const asio::steady_timer first(io_);
    before_ = open_descriptors();
  }
  ~Exec() override {
    EXPECT_EQ(open_descriptors(), before_);
    // Grandchildren first: the wait ends only when they do. No test may leave a child.
    while (adopts_ && waitpid(-1, nullptr, 0) > 0) {
    }
    EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1) << "a process was left over";
    prctl(PR_SET_CHILD_SUBREAPER, 0);
  }

  std::unique_ptr<Sensor> made(const SensorSpec& spec) {
    auto sensor = make_exec(io_, spec, {.grace = milliseconds(100), .use_pidfd = GetParam()});
    EXPECT_TRUE(sensor.ok());
    return std::move(*sensor);
  }
  std::string run(const SensorSpec& spec) {
    const auto sensor = made(spec);
    std::optional<std::string> shown;
    sensor->sample([&](const Result<Measurements>& result) { shown = show(result); });
    io_.restart();
    io_.run();
    return shown.value_or("(nothing)");
  }
  /// From now on waitpid() answers for grandchildren, too, once their parent is gone.
  void adopt_grandchildren() {
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    adopts_ = true;
  }
  /// The process whose number the script wrote into a file.
  [[nodiscard]] pid_t pid_in(const std::string& path) const {
    pid_t pid = -1;
    std::ifstream(root_ + path) >> pid;
    return pid;
  }
  /// Reaps it and says by which signal it ended.
  static int signal_of(pid_t pid) {
    int status = 0;
    if (waitpid(pid, &status, 0) != pid) return -1;
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  }

  std::size_t before_ = 0;
  bool adopts_ = false;
};

TEST_P(Exec, GivesWhatTheProgramPrints) {
  EXPECT_EQ(run({"exec", {}, {"/bin/echo", "42"}}), "42");
  EXPECT_EQ(run(shell("echo '{\"load\": 12.5, \"ok\": true}'")), "load=12.5, ok=true");
  EXPECT_EQ(run(shell("printf open")), "'open'");
  EXPECT_EQ(run(shell("cat")), "exec: /bin/sh: printed nothing");  // standard input is empty
}

TEST_P(Exec, SaysHowItFailed) {
  EXPECT_EQ(run(shell("exit 3")), "exec: /bin/sh: exit status 3");
  EXPECT_EQ(run(shell("echo 5; printf 'no\\tdevice\\nat all\\n' >&2; exit 1")),
            "exec: /bin/sh: exit status 1: no?device");
  EXPECT_EQ(run(shell("kill -SEGV $$")),
            "exec: /bin/sh: was killed by signal 11 (Segmentation fault)");
}

TEST_P(Exec, SaysWhyItCouldNotStart) {
  if (!spawn_tells_failures()) GTEST_SKIP() << "posix_spawn of qemu-user always succeeds";
  EXPECT_EQ(run({"exec", {}, {"/no/such/program"}}),
            "exec: /no/such/program: No such file or directory");
  EXPECT_EQ(run({"exec", {}, {"/etc/passwd"}}), "exec: /etc/passwd: Permission denied");
}

TEST_P(Exec, MayBeSampledAgain) {
  const auto sensor = made(shell("echo 5"));
  for (int i = 0; i < 3; ++i) {
    std::string shown;
    sensor->sample([&](const Result<Measurements>& result) { shown = show(result); });
    io_.restart();
    io_.run();
    EXPECT_EQ(shown, "5");
  }
}

TEST_P(Exec, NeverRunsTwiceAtOnce) {
  const auto sensor = made(shell("echo 5"));
  std::string first = "(nothing)";
  sensor->sample([&](const Result<Measurements>& result) { first = show(result); });
  EXPECT_EQ(sample(*sensor), "exec: /bin/sh: is still running from the sample before");
  io_.run();
  EXPECT_EQ(first, "5");
}

// In these the program becomes one that does not wait for its children: they are left to us, and
// not reaped by a shell that its own signal reaches a moment later.
TEST_P(Exec, IsStoppedAtItsDeadlineWithAllThatItStarted) {
  adopt_grandchildren();
  const std::string script = "sleep 1000 & echo $! >" + root_ + "/pid; echo 5; exec sleep 1000";
  EXPECT_EQ(run(shell(script, milliseconds(1000))), "exec: /bin/sh: was stopped after 1s");
  EXPECT_EQ(signal_of(pid_in("/pid")), SIGTERM);
}

TEST_P(Exec, IsKilledIfItIgnoresThat) {
  adopt_grandchildren();
  const std::string script =
      "trap '' TERM; sleep 1000 & echo $! >" + root_ + "/pid; exec sleep 1000";
  EXPECT_EQ(run(shell(script, milliseconds(1000))), "exec: /bin/sh: was stopped after 1s");
  EXPECT_EQ(signal_of(pid_in("/pid")), SIGKILL);
}

TEST_P(Exec, IsKilledEvenWhenItStoppedItself) {
  EXPECT_EQ(run(shell("kill -STOP $$", milliseconds(50))), "exec: /bin/sh: was stopped after 50ms");
}

TEST_P(Exec, LeavesNothingRunning) {
  adopt_grandchildren();
  EXPECT_EQ(run(shell("sleep 1000 & echo $! >" + root_ + "/pid; echo 5")), "5");
  EXPECT_EQ(signal_of(pid_in("/pid")), SIGKILL);
}

TEST_P(Exec, MayNotFlood) {
  EXPECT_EQ(run(shell("while true; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done")),
            "exec: /bin/sh: printed more than 64 KiB");
  EXPECT_EQ(run(shell("while true; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done >&2")),
            "exec: /bin/sh: printed more than 64 KiB");
  // The most that is allowed, and a byte more, both of which fit into the pipe.
  EXPECT_EQ(run(shell("echo 5; head -c 65534 /dev/zero")), "5");
  EXPECT_EQ(run(shell("echo 5; head -c 65535 /dev/zero")),
            "exec: /bin/sh: printed more than 64 KiB");
}

// The fixture waits for all of them, a thousand seconds if one is left.
TEST_P(Exec, IsStoppedWithAllGenerationsOfWhatItForked) {
  adopt_grandchildren();
  const std::string forking =
      "f() { if [ $1 -gt 0 ]; then f $(($1 - 1)) & f $(($1 - 1)) & fi; exec sleep 1000; }; f 5";
  EXPECT_EQ(run(shell(forking, milliseconds(1000))), "exec: /bin/sh: was stopped after 1s");
}

TEST_P(Exec, IsStoppedWhileItForks) {
  adopt_grandchildren();
  const std::string forking =
      "trap '' TERM; i=0; while [ $i -lt 300 ]; do sleep 1000 & i=$((i + 1)); done; exec sleep "
      "1000";
  EXPECT_EQ(run(shell(forking, milliseconds(20))), "exec: /bin/sh: was stopped after 20ms");
}

TEST_P(Exec, DoesNotWaitForWhatLeftItsGroup) {
  adopt_grandchildren();
  // It keeps the pipe open.
  EXPECT_EQ(run(shell("setsid sleep 1000 & echo $! >" + root_ + "/pid; echo 5")), "5");
  const pid_t left = pid_in("/pid");
  ASSERT_GT(left, 0);
  kill(left, SIGKILL);
  EXPECT_EQ(signal_of(left), SIGKILL);
}

TEST_P(Exec, IsStoppedAtItsDeadlineWithItsOutputClosed) {
  EXPECT_EQ(run(shell("exec >&- 2>&-; exec sleep 1000", milliseconds(50))),
            "exec: /bin/sh: was stopped after 50ms");
}

TEST_P(Exec, GoesBeforeTheAgentWhenMemoryRunsOut) {
  EXPECT_EQ(run(shell("until [ $(cat /proc/self/oom_score_adj) = 1000 ]; do :; done; echo 5")),
            "5");
  EXPECT_EQ(run(shell("until [ $(ulimit -c) = 0 ]; do :; done; echo 5")), "5");
}

TEST_P(Exec, GetsAShortListOfVariables) {
  const std::vector<std::string> ours{"CREDENTIALS_DIRECTORY=/run/credentials",
                                      "NOTIFY_SOCKET=/run/notify",
                                      "LD_PRELOAD=",
                                      "DSN_SOCKET=/run/dsn/agent.sock",
                                      "PATHS=x",
                                      "LANGUAGES=x",
                                      "STATE_DIRECTORY=/var/lib/dsn",
                                      "PATH=/usr/bin:/bin",
                                      "HOME=/root",
                                      "LANG=C",
                                      "LANGUAGE=de",
                                      "LC_TIME=C",
                                      "TZ=UTC",
                                      "USER=me",
                                      "LOGNAME=me"};
  std::vector<char*> pointers;
  for (const std::string& variable : ours) pointers.push_back(const_cast<char*>(variable.c_str()));
  pointers.push_back(nullptr);
  char** const before = std::exchange(environ, pointers.data());
  const std::string names =
      run(shell("tr '\\0' '\\n' </proc/$$/environ | cut -d= -f1 | LC_ALL=C sort | tr '\\n' ' '"));
  environ = before;
  EXPECT_EQ(names, "'HOME LANG LC_ALL LOGNAME PATH TZ USER'");
}

TEST_P(Exec, MayPrintWhatIsNoText) {
  EXPECT_EQ(run(shell("printf '\\377\\001'")), "bytes");
  EXPECT_EQ(run(shell("printf '{\"a\": \"\\377\"}'")),
            "exec: /bin/sh: printed what begins with '{' but is no JSON object: '{\"a\": \"?\"}'");
  EXPECT_EQ(run(shell("printf '{\"a\": 1e999}'")),
            "exec: /bin/sh: printed what begins with '{' but is no JSON object: '{\"a\": 1e999}'");
}

TEST_P(Exec, InheritsNoDescriptorAndNoSignalMask) {
  const int open_to_all = fcntl(1, F_DUPFD, 100);
  ASSERT_GE(open_to_all, 100);
  const auto old_handler = std::signal(SIGPIPE, SIG_IGN);
  sigset_t blocked;
  sigset_t before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  sigprocmask(SIG_BLOCK, &blocked, &before);
  EXPECT_EQ(run(shell("[ -e /proc/self/fd/" + std::to_string(open_to_all) +
                      " ] && echo leaked || echo clean")),
            "'clean'");
  EXPECT_EQ(run(shell("kill -TERM $$; echo blocked")),
            "exec: /bin/sh: was killed by signal 15 (Terminated)");
  EXPECT_EQ(run(shell("kill -PIPE $$; echo ignored")),
            "exec: /bin/sh: was killed by signal 13 (Broken pipe)");
  sigprocmask(SIG_SETMASK, &before, nullptr);
  std::signal(SIGPIPE, old_handler);
  close(open_to_all);
}

TEST_P(Exec, DestroyedWhileRunningLeavesNothing) {
  adopt_grandchildren();
  bool called = false;
  auto sensor = made(shell("sleep 1000 & echo $! >" + root_ + "/pid; exec sleep 1000"));
  sensor->sample([&](const Result<Measurements>&) { called = true; });
  sensor.reset();
  io_.run();
  EXPECT_FALSE(called);
  const pid_t grandchild = pid_in("/pid");  // if the shell came to it
  if (grandchild > 0) {
    EXPECT_EQ(signal_of(grandchild), SIGKILL);
  }
}

TEST_P(Exec, DestroyedTogetherWithItsLoopLeavesNothing) {
  bool called = false;
  {
    asio::io_context io;
    auto sensor = make_exec(io, shell("exec sleep 1000"), {.use_pidfd = GetParam()});
    ASSERT_TRUE(sensor.ok());
    (*sensor)->sample([&](const Result<Measurements>&) { called = true; });
    sensor->reset();
  }
  EXPECT_FALSE(called);
}

TEST_P(Exec, MayBeDestroyedByItsOwnAnswer) {
  auto sensor = made(shell("echo 5"));
  std::string shown;
  sensor->sample([&](const Result<Measurements>& result) {
    shown = show(result);
    sensor.reset();
  });
  io_.run();
  EXPECT_EQ(shown, "5");
}

INSTANTIATE_TEST_SUITE_P(All, Exec, testing::Bool(),
                         [](const auto& param) { return param.param ? "Pidfd" : "Polling"; });

using ExecSpec = Tree;

TEST_F(ExecSpec, IsRefusedWithTheCause) {
  EXPECT_EQ(refusal({"exec", {}, {}}), "exec: the program is missing");
  EXPECT_EQ(refusal({"exec", {}, {"ls"}}), "exec: 'ls' is no absolute path");
  EXPECT_EQ(refusal({"exec", {{"path", "/x"}}, {"/x"}}), "exec: unknown option 'path'");
  EXPECT_EQ(refusal({"exec", {}, {"/x"}, milliseconds(0)}), "exec: the timeout must be above 0");
}

}  // namespace
}  // namespace dsn::sensor
