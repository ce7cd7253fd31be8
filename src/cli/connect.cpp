// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/demo/demo_folder.hpp"
#include "cli/show/no_agent.hpp"

namespace dsn::cli {
std::optional<std::string> socket_of(const Context& context, const AgentOptions& options) {
  if (!options.socket.empty()) return options.socket;
  if (!options.demo) return default_socket_path();
  const Result<DemoFolder> demo = DemoFolder::find();
  if (!demo) {
    complain(context.program, demo.error());
    return std::nullopt;
  }
  if (auto socket = demo->first_socket()) return socket;
  complain(context.program,
           "no node of the demo runs any more; end it and start it anew: dsn demo");
  return std::nullopt;
}

ExitCode with_agent(const Context& context, const AgentOptions& options,
                    const std::function<Result<ExitCode>(Client&)>& ask) {
  const auto socket = socket_of(context, options);
  if (!socket) return ExitCode::unreachable;
  Result<Client> client = Client::connect(*socket);
  if (!client) {
    const bool service = *socket == kServiceSocket && has_service();
    complain(context.program, no_agent_text(client.failure(), service));
    return ExitCode::unreachable;
  }
  const Result<ExitCode> code = ask(*client);
  if (code) return code.value();
  complain(context.program, code.error());
  return client->connected() ? ExitCode::error : ExitCode::unreachable;
}

TableStyle table_style(const Context& context, bool titles) {
  return {.colour = context.output.colour(),
          .titles = titles,
          .width_max = context.output.columns(),
          .wrap = true};
}

ExitCode written(const Context& context, ExitCode code) {
  if (context.output.failure().empty()) return code;
  complain(context.program, context.output.failure());
  return ExitCode::error;
}

}  // namespace dsn::cli
