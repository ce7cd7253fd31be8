// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/demo/demo_folder.hpp"

namespace dsn::cli {
namespace {

/// What to do about an agent that cannot be asked.
const char* remedy(ErrorCode code) {
  return code == ErrorCode::permission_denied
             ? "; join the group of the agent: sudo usermod -aG dsn $USER (then log in again)"
             : "; start one: sudo dsn-agent (before that, on a new node: sudo dsn init), or try "
               "without: dsn demo";
}

}  // namespace

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
    complain(context.program, client.error() + remedy(client.code()));
    return ExitCode::unreachable;
  }
  const Result<ExitCode> code = ask(*client);
  if (code) return code.value();
  complain(context.program, code.error());
  return client->connected() ? ExitCode::error : ExitCode::unreachable;
}

ExitCode written(const Context& context, ExitCode code) {
  if (context.output.failure().empty()) return code;
  complain(context.program, context.output.failure());
  return ExitCode::error;
}

}  // namespace dsn::cli
