// SPDX-License-Identifier: Apache-2.0
// dsn reload: the agent reads its configuration again.
#include "cli/command.hpp"
#include "cli/show/display_text.hpp"

namespace dsn::cli {
namespace {

Result<ExitCode> reload(Context& context, Client& client) {
  const auto report = client.reload();
  if (!report) return report.failure();
  for (const std::string& warning : report->warnings) complain(context.program, warning);
  for (const std::string& key : report->next_start) {
    complain(context.program, next_start_text(key));
  }
  for (const std::string& error : report->errors) complain(context.program, error);
  if (!report->applied) {
    complain(context.program, "the agent goes on with the configuration that it had");
    return ExitCode::configuration;
  }
  context.output.say(printable(summary(*report)) + "\n");
  return written(context);
}

}  // namespace

ExitCode run(Context& context, const ReloadOptions& options) {
  return with_agent(context, options.agent,
                    [&](Client& client) { return reload(context, client); });
}

}  // namespace dsn::cli
