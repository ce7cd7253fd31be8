// SPDX-License-Identifier: Apache-2.0
// dsn history: what a key was, as dsn-record tells it.
#include <string>
#include <utility>
#include <vector>

#include "base/duration.hpp"
#include "cli/command.hpp"
#include "cli/demo/child_process.hpp"
#include "cli/show/display_text.hpp"

namespace dsn::cli {

ExitCode run(Context& context, const HistoryOptions& options) {
  const Result<std::string> program = find_program("dsn-record");
  if (!program) {
    complain(context.program,
             "the history is kept by dsn-record, which is not installed here; run this where it "
             "is, or: sudo apt install dsn-record");
    return ExitCode::error;
  }
  std::vector<std::string> arguments = {"history", "--since", duration_text(options.since)};
  if (!options.config.empty()) {
    arguments.insert(arguments.begin(), {"--config", options.config});
  }
  if (options.csv) arguments.emplace_back("--csv");
  if (options.json) arguments.emplace_back("--json");
  if (options.plot) arguments.emplace_back("--plot");
  arguments.insert(arguments.end(), {"--", options.node, options.key});
  complain(context.program, become_program(*program, std::move(arguments)).message);
  return ExitCode::error;
}

}  // namespace dsn::cli
