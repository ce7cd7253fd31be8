// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <unistd.h>

#include "cli/command.hpp"
#include "cli/demo/demo_folder.hpp"

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

std::optional<Client> connect(const Context& context, const std::string& socket) {
  Result<Client> client = Client::connect(socket);
  if (client) return std::move(client).value();
  const bool forbidden = ::access(socket.c_str(), F_OK) == 0 && ::access(socket.c_str(), W_OK) != 0;
  complain(
      context.program,
      client.error() +
          (forbidden ? "; join the group of the agent: sudo usermod -aG dsn $USER (then log in "
                       "again)"
                     : "; start one: sudo dsn-agent (before that, on a new node: sudo dsn init), "
                       "or try without: dsn demo"));
  return std::nullopt;
}

ExitCode failed(const Context& context, const Client& client, const std::string& message) {
  complain(context.program, message);
  return client.connected() ? ExitCode::error : ExitCode::unreachable;
}

ExitCode written(const Context& context, ExitCode code) {
  if (context.output.failure().empty()) return code;
  complain(context.program, context.output.failure());
  return ExitCode::error;
}

}  // namespace dsn::cli
