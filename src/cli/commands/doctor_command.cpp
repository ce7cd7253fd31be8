// SPDX-License-Identifier: Apache-2.0
// dsn doctor: what is wrong anywhere in the network.
#include "cli/command.hpp"
#include "cli/show/display_text.hpp"
#include "cli/show/examination_report.hpp"
#include "local/json/json_text.hpp"

namespace dsn::cli {

ExitCode run(Context& context, const DoctorOptions& options) {
  return with_agent(context, options.agent, [&](Client& client) -> Result<ExitCode> {
    const auto examination = client.examine();
    if (!examination) return examination.failure();
    if (options.json) {
      context.output.write(json_line(local::examination_json(*examination)));
    } else {
      context.output.say(examination_report(*examination, context.output.colour()));
    }
    return written(context, examination->findings.empty() ? ExitCode::ok : ExitCode::error);
  });
}

}  // namespace dsn::cli
