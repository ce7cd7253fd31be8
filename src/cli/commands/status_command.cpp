// SPDX-License-Identifier: Apache-2.0
// dsn status: the local agent itself.
#include "cli/command.hpp"
#include "cli/show/status_report.hpp"
#include "local/json/json_text.hpp"

namespace dsn::cli {

ExitCode run_status(Context& context, const StatusOptions& options) {
  const auto socket = socket_of(context, options.agent);
  if (!socket) return ExitCode::unreachable;
  auto client = connect(context, *socket);
  if (!client) return ExitCode::unreachable;
  const auto status = client->status();
  if (!status) return failed(context, *client, status.error());
  context.output.write(options.json ? local::status_json(*status) + "\n"
                                    : status_report(*status, context.output.colour()));
  return written(context);
}

}  // namespace dsn::cli
