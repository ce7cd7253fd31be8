// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/printable.hpp"
#include "config/mqtt_file.hpp"
#include "modules/module_program.hpp"
#include "mqtt/broker_link.hpp"
#include "mqtt/site_service.hpp"

namespace dsn::mqtt {
namespace {

constexpr char kFooter[] =
    "Publishes the readings of all nodes at an MQTT broker, has Home Assistant find them, and "
    "shows\n"
    "readings of other sites. Keys of the configuration: dsn-agent.yaml(5).\n\n"
    "Exit status: 0 after SIGTERM or SIGINT, 1 an error, 2 a wrong option, 78 a wrong "
    "configuration.";

std::atomic<bool> g_ending{false};

const modules::Complaint complain("dsn-mqtt");

int run(const modules::ProgramOptions& options) {
  config::LoadedMqtt loaded = config::load_mqtt(options.config);
  if (const auto password = read_password(loaded.config.password_file); !password) {
    loaded.findings.errors.push_back({{options.config}, password.error()});
  }
  if (const auto status = modules::judge(loaded.findings, options, complain)) return *status;
  std::signal(SIGTERM, [](int) { g_ending = true; });
  std::signal(SIGINT, [](int) { g_ending = true; });
  SiteService service(loaded.config, options.socket, complain);
  std::printf("dsn-mqtt: publishes at %s:%u below %s/\n", printable(loaded.config.broker).c_str(),
              unsigned{loaded.config.port}, loaded.config.prefix.c_str());
  std::fflush(stdout);
  while (!g_ending) service.step();
  service.stop();
  std::_Exit(0);
}

}  // namespace
}  // namespace dsn::mqtt

int main(int argc, char** argv) {
  using namespace dsn::mqtt;
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App app{"The readings of all nodes at an MQTT broker, and for Home Assistant", "dsn-mqtt"};
  app.footer(kFooter);
  dsn::modules::ProgramOptions options;
  dsn::modules::add_options(app, options, dsn::config::kDefaultMqttFile);
  if (const auto status = dsn::modules::parse(app, argc, argv)) return *status;
  return run(options);
}
