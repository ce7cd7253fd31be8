// SPDX-License-Identifier: Apache-2.0
// dsn digest: what happened in a day, for a mail.
#include <string>
#include <utility>
#include <vector>

#include "base/duration.hpp"
#include "cli/command.hpp"
#include "cli/demo/child_process.hpp"
#include "cli/show/digest_text.hpp"

namespace dsn::cli {
namespace {

/// Of dsn-record, which says itself what is wrong; nothing where it is not installed.
std::vector<KeyRange> recorded_ranges(const DigestOptions& options) {
  const Result<std::string> program = find_program("dsn-record");
  if (!program) return {};
  std::vector<std::string> arguments = {"ranges", "--since", duration_text(options.since)};
  if (!options.record_config.empty()) {
    arguments.insert(arguments.begin(), {"--config", options.record_config});
  }
  const Result<std::string> lines = output_of(*program, std::move(arguments));
  return lines ? parse_ranges(*lines) : std::vector<KeyRange>{};
}

Result<ExitCode> show_digest(Context& context, Client& client, const DigestOptions& options) {
  auto nodes = client.nodes();
  if (!nodes) return nodes.failure();
  auto readings = client.read({});
  if (!readings) return readings.failure();
  auto status = client.status();
  if (!status) return status.failure();
  context.output.write(digest_text({.span = options.since,
                                    .nodes = *std::move(nodes),
                                    .readings = *std::move(readings),
                                    .warnings = std::move(status->warnings),
                                    .ranges = recorded_ranges(options)}));
  return written(context);
}

}  // namespace

ExitCode run(Context& context, const DigestOptions& options) {
  return with_agent(context, options.agent,
                    [&](Client& client) { return show_digest(context, client, options); });
}

}  // namespace dsn::cli
