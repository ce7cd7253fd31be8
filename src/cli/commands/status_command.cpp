// SPDX-License-Identifier: Apache-2.0
// dsn status: the local agent itself.
#include "cli/command.hpp"
#include "cli/show/display_text.hpp"
#include "cli/show/status_report.hpp"
#include "local/json/json_text.hpp"

namespace dsn::cli {

ExitCode run(Context& context, const StatusOptions& options) {
  return with_agent(context, options.agent, [&](Client& client) -> Result<ExitCode> {
    const auto status = client.status();
    if (!status) return status.failure();
    if (options.json) {
      context.output.write(json_line(local::status_json(*status)));
    } else {
      context.output.say(status_report(*status, context.output.colour(), options.counters));
    }
    return written(context);
  });
}

}  // namespace dsn::cli
