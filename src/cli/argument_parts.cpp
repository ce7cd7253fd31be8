// SPDX-License-Identifier: Apache-2.0
#include "cli/argument_parts.hpp"

#include "base/duration.hpp"

namespace dsn::cli {

std::string or_default_file(const char* meaning) {
  return std::string(meaning) + " (default: " + config::kDefaultFile + ")";
}

CLI::Option* add_duration(CLI::App& app, const char* name,
                          std::optional<std::chrono::milliseconds>& target, const char* help) {
  return app
      .add_option_function<std::string>(
          name,
          [&target, name](const std::string& text) {
            const auto span = parse_duration_or_seconds(text);
            if (!span) {
              throw CLI::ValidationError(name,
                                         "'" + text + "' is no duration such as 30s or 1m30s");
            }
            target = *span;
          },
          help)
      ->type_name("DURATION");
}

void add_agent_options(CLI::App& app, AgentOptions& agent) {
  auto* socket = app.add_option("--socket", agent.socket,
                                "the agent's socket (default: $DSN_SOCKET, or the usual place)")
                     ->type_name("PATH");
  app.add_flag("--demo", agent.demo, "ask a node of the demo on this machine")->excludes(socket);
}

}  // namespace dsn::cli
