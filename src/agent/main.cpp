// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <asio/io_context.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <utility>

#include "agent/agent.hpp"
#include "agent/hangup.hpp"
#include "agent/log.hpp"
#include "agent/options.hpp"
#include "agent/service_notifier.hpp"
#include "base/hide_keys.hpp"
#include "base/printable.hpp"
#include "base/private_memory.hpp"
#include "config/load.hpp"
#include "crypto/entropy.hpp"
#include "dsn/client.hpp"
#include "dsn/version.hpp"
#include "embedded/node_config.hpp"

namespace dsn::agent {
namespace {

constexpr int kExitError = 1;
constexpr int kExitUsage = 2;
constexpr int kExitConfiguration = 78;  // EX_CONFIG: the service manager does not try again

// A Pi without a hardware generator may take minutes after power-on to gather randomness. Keys
// made before that could be guessed, so there is no way but to wait, and to say so. A service
// manager would end a start that takes so long: it is asked for patience again and again.
void wait_for_entropy(ServiceNotifier& notifier) {
  if (crypto::entropy_ready()) return;
  constexpr char kReason[] = "the kernel has no randomness yet; waiting for it";
  log_warning("{}", kReason);
  const timespec pause{0, 200'000'000};
  for (int pauses = 0; !crypto::entropy_ready(); ++pauses) {
    if (pauses % 50 == 0) notifier.wait(kReason, std::chrono::seconds(60));
    nanosleep(&pause, nullptr);
  }
  log_info("the kernel has randomness now");
}

int check_only(const config::LoadResult& loaded) {
  if (!loaded.errors.empty()) return kExitConfiguration;
  std::printf("%s: %zu sensors, no errors\n", loaded.config.file.c_str(),
              loaded.config.sensors.size());
  return 0;
}

int run(const Options& options, asio::io_context& io, Hangup& hangup) {
  keep_memory_private();
  ServiceNotifier notifier(take_service_environment());
  config::LoadResult loaded = config::load(options.config, options.system_root);
  loaded.refuse_exposures();
  for (const config::Finding& warning : loaded.warnings) log_warning("{}", warning.to_string());
  for (const config::Finding& error : loaded.errors) log_error("{}", error.to_string());
  if (!loaded.errors.empty() && access(options.config.c_str(), F_OK) != 0) {
    log_error("run 'dsn init', or write one: every key has a default (docs/configuration.md)");
  }
  if (options.check) return check_only(loaded);
  if (!loaded.errors.empty()) return kExitConfiguration;

  wait_for_entropy(notifier);
  if (const Result<void> ready = crypto::initialise_crypto(); !ready) {
    log_error("{}", ready.error());
    return kExitError;
  }
  Result<node::Credentials> credentials =
      embedded::load_credentials(loaded.config, options.system_root, options.adopt);
  if (!credentials) {
    log_error("{}", credentials.error());
    return credentials.code() == ErrorCode::refused ? kExitError : kExitConfiguration;
  }
  Agent agent(io, std::move(loaded.config), std::move(credentials).value(), notifier,
              options.system_root);
  const std::vector<config::Finding> errors = agent.add_sensors();
  for (const config::Finding& error : errors) log_error("{}", error.to_string());
  if (!errors.empty()) return kExitConfiguration;
  const std::string socket = options.socket.empty() ? default_socket_path() : options.socket;
  if (const Result<void> started = agent.start(socket); !started) {
    log_error("{}", started.error());
    return kExitError;
  }
  hangup.start([&agent] {
    log_info("SIGHUP: reloading");
    agent.reload();
  });
  io.run();
  return 0;
}

}  // namespace
}  // namespace dsn::agent

int main(int argc, char** argv) {
  using namespace dsn::agent;
  std::signal(SIGPIPE, SIG_IGN);
  asio::io_context io(1);
  Hangup hangup(io);
  const dsn::Result<Options> options = parse_options(argc, argv);
  if (!options) {
    std::fprintf(stderr, "dsn-agent: %s; see dsn-agent --help\n",
                 dsn::hide_keys(dsn::printable(options.error())).c_str());
    return kExitUsage;
  }
  if (options->help) {
    std::fputs(help_text().c_str(), stdout);
    return 0;
  }
  if (options->version) {
    std::printf("dsn-agent %s\n", dsn::kVersion);
    return 0;
  }
  return run(*options, io, hangup);
}
