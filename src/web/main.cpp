// SPDX-License-Identifier: Apache-2.0
#include <pthread.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <string>
#include <thread>

#include "config/web_file.hpp"
#include "modules/module_program.hpp"
#include "web/agent_feed.hpp"
#include "web/page_server.hpp"

namespace dsn::web {
namespace {

using modules::kExitConfiguration;
using modules::kExitError;

constexpr char kFooter[] =
    "Shows the readings of all nodes as a page for browsers, and hands them on to Prometheus and\n"
    "other programs. Keys of the configuration: dsn-agent.yaml(5).\n\n"
    "Exit status: 0 after SIGTERM or SIGINT, 1 an error, 2 a wrong option, 78 a wrong "
    "configuration.";

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

int run(const modules::ProgramOptions& options) {
  const modules::Complaint complain("dsn-web");
  const config::LoadedWeb loaded = config::load_web(options.config);
  if (const auto status = modules::judge(loaded.findings, options, complain)) return *status;
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
  CLI::App app{"A page of all readings, for browsers, Prometheus and other programs", "dsn-web"};
  app.footer(kFooter);
  dsn::modules::ProgramOptions options;
  dsn::modules::add_options(app, options, dsn::config::kDefaultWebFile);
  if (const auto status = dsn::modules::parse(app, argc, argv)) return *status;
  return run(options);
}
