// SPDX-License-Identifier: Apache-2.0
#include "modules/module_program.hpp"

#include <cstdio>

#include "base/printable.hpp"
#include "dsn/client.hpp"
#include "dsn/version.hpp"

namespace dsn::modules {

void Complaint::operator()(const std::string& message) const {
  std::fprintf(stderr, "%s: %s\n", program_.c_str(), printable(message).c_str());
}

void add_options(CLI::App& app, ProgramOptions& options, const std::string& default_config) {
  options.config = default_config;
  options.socket = default_socket_path();
  app.add_option("-c,--config", options.config, "the configuration")->capture_default_str();
  app.add_option("-s,--socket", options.socket, "the socket of the agent")->capture_default_str();
  app.add_flag("--check", options.check, "say what is wrong with the configuration, and end");
  app.set_version_flag("-V,--version", app.get_name() + " " + kVersion);
}

std::optional<int> parse(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kExitUsage;
  }
  return {};
}

std::optional<int> judge(const config::ModuleFindings& findings, const ProgramOptions& options,
                         const Complaint& complain) {
  for (const config::Finding& error : findings.errors) complain(error.to_string());
  for (const config::Finding& warning : findings.warnings) complain(warning.to_string());
  if (!findings.errors.empty()) return kExitConfiguration;
  if (!options.check) return {};
  std::printf("%s: no errors\n", printable(options.config).c_str());
  return 0;
}

}  // namespace dsn::modules
