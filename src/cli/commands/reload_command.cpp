// SPDX-License-Identifier: Apache-2.0
// dsn reload: the agent reads its configuration again.
#include "cli/command.hpp"
#include "cli/show/display_text.hpp"

namespace dsn::cli {

ExitCode run_reload(Context& context, const ReloadOptions& options) {
  const auto socket = socket_of(context, options.agent);
  if (!socket) return ExitCode::unreachable;
  auto client = connect(context, *socket);
  if (!client) return ExitCode::unreachable;
  const auto report = client->reload();
  if (!report) return failed(context, *client, report.error());
  for (const std::string& warning : report->warnings) complain(context.program, printable(warning));
  for (const std::string& key : report->next_start) {
    complain(context.program, printable(next_start_text(key)));
  }
  for (const std::string& error : report->errors) complain(context.program, printable(error));
  if (!report->applied) {
    complain(context.program, "the agent goes on with the configuration that it had");
    return ExitCode::configuration;
  }
  context.output.write(printable(summary(*report)) + "\n");
  return written(context);
}

}  // namespace dsn::cli
