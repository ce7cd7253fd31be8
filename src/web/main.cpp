// SPDX-License-Identifier: Apache-2.0
#include <pthread.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <string>
#include <thread>

#include "base/printable.hpp"
#include "config/web_file.hpp"
#include "dsn/client.hpp"
#include "dsn/version.hpp"
#include "web/agent_feed.hpp"
#include "web/page_server.hpp"

namespace dsn::web {
namespace {

constexpr int kExitError = 1;
constexpr int kExitUsage = 2;
constexpr int kExitConfiguration = 78;  // EX_CONFIG: the service manager does not try again

constexpr char kFooter[] =
    "Shows the readings of all nodes as a page for browsers, and hands them on to Prometheus and\n"
    "other programs. Keys of the configuration: dsn-agent.yaml(5).\n\n"
    "Exit status: 0 after SIGTERM or SIGINT, 1 an error, 2 a wrong option, 78 a wrong "
    "configuration.";

struct WebOptions {
  std::string config = config::kDefaultWebFile;
  std::string socket = default_socket_path();
  bool check = false;
};

void complain(const std::string& message) {
  std::fprintf(stderr, "dsn-web: %s\n", printable(message).c_str());
}

sigset_t ending_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

std::string url_of(const std::string& address, int port) {
  const bool is_ipv6 = address.find(':') != std::string::npos;
  return "http://" + (is_ipv6 ? "[" + address + "]" : address) + ":" + std::to_string(port) + "/";
}

int run(const WebOptions& options) {
  const config::LoadedWeb loaded = config::load_web(options.config);
  for (const config::Finding& error : loaded.findings.errors) complain(error.to_string());
  if (!loaded.findings.errors.empty()) return kExitConfiguration;
  if (options.check) {
    std::printf("%s: no errors\n", loaded.config.file.c_str());
    return 0;
  }
  // All threads inherit it.
  const sigset_t signals = ending_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  Picture picture;
  PageServer server(loaded.config, options.socket, picture);
  if (const Result<void> bound = server.bind(); !bound) {
    complain(bound.error());
    return bound.code() == ErrorCode::invalid_argument ? kExitConfiguration : kExitError;
  }
  const AgentFeed feed(picture, options.socket);
  std::thread answering([&server] { server.run(); });
  std::printf("dsn-web: %s\n", url_of(loaded.config.address, server.port()).c_str());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&signals, &signal);
  server.stop();
  picture.wake();
  answering.join();
  return 0;
}

}  // namespace
}  // namespace dsn::web

int main(int argc, char** argv) {
  using namespace dsn::web;
  std::signal(SIGPIPE, SIG_IGN);
  WebOptions options;
  CLI::App app{"A page of all readings, for browsers, Prometheus and other programs", "dsn-web"};
  app.footer(kFooter);
  app.add_option("-c,--config", options.config, "the configuration")->capture_default_str();
  app.add_option("-s,--socket", options.socket, "the socket of the agent")->capture_default_str();
  app.add_flag("--check", options.check, "say what is wrong with the configuration, and end");
  app.set_version_flag("-V,--version", std::string("dsn-web ") + dsn::kVersion);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kExitUsage;
  }
  return run(options);
}
