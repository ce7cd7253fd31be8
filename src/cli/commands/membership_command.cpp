// SPDX-License-Identifier: Apache-2.0
// dsn forget, dsn leave, dsn sleep: take a node out of the network, another one or this one.
#include <fmt/format.h>

#include "base/duration.hpp"
#include "cli/command.hpp"
#include "cli/show/display_text.hpp"
#include "cli/show/explain_nothing.hpp"

namespace dsn::cli {
namespace {

Result<ExitCode> forget(Context& context, Client& client, const ForgetOptions& options) {
  const auto outcome = client.forget(options.node);
  if (!outcome) return outcome.failure();
  const std::string node = printable(options.node);
  switch (*outcome) {
    case ForgetOutcome::nothing: {
      const auto nodes = client.nodes();
      if (!nodes) return nodes.failure();
      complain(context.program, explain_nothing({options.node, {}}, *nodes, {})
                                    .value_or(fmt::format("no node '{}'", node)));
      return ExitCode::unknown;
    }
    case ForgetOutcome::forgotten:
      context.output.say(fmt::format("{} is forgotten by this node\n", node));
      break;
    case ForgetOutcome::name_moved:
      context.output.say(fmt::format("the name belongs to {} from now on\n", node));
      break;
  }
  return written(context);
}

}  // namespace

ExitCode run(Context& context, const ForgetOptions& options) {
  return with_agent(context, options.agent,
                    [&](Client& client) { return forget(context, client, options); });
}

ExitCode run(Context& context, const LeaveOptions& options) {
  return with_agent(context, options.agent, [&](Client& client) -> Result<ExitCode> {
    if (const auto left = client.leave(); !left) return left.failure();
    context.output.say("this node has left the network; its agent ends and is not restarted\n");
    return written(context);
  });
}

ExitCode run(Context& context, const SleepOptions& options) {
  return with_agent(context, options.agent, [&](Client& client) -> Result<ExitCode> {
    if (const auto asleep = client.sleep(*options.silence); !asleep) return asleep.failure();
    context.output.say("the others expect this node back within " +
                       duration_text(*options.silence) + "; its agent ends and is not restarted\n");
    return written(context);
  });
}

}  // namespace dsn::cli
