// SPDX-License-Identifier: Apache-2.0
// dsn set, dsn unset: keys of the local node.
#include <fmt/format.h>
#include <poll.h>

#include <algorithm>

#include "base/duration.hpp"
#include "base/printable.hpp"
#include "cli/command.hpp"
#include "cli/show/value_argument.hpp"

namespace dsn::cli {
namespace {

/// Without the blank that hides a negative number from the parser of options.
std::string_view trimmed(std::string_view value) {
  return value.substr(std::min(value.find_first_not_of(' '), value.size()));
}

/// How long the key lasts.
std::string lifetime_text(const SetOptions& options) {
  if (options.ttl) return "for " + duration_text(*options.ttl);
  if (options.hold) return "as long as this command runs";
  if (options.keep) return "over restarts, until dsn unset";
  return "until its agent restarts; --keep keeps it";
}

bool is_node(Client& client, const std::string& name) {
  const auto nodes = client.nodes();
  return nodes && std::ranges::find(*nodes, name, &NodeInfo::name) != nodes->end();
}

std::string at_its_owner(const std::string& node, const std::string& key,
                         const std::string& value) {
  return fmt::format("; a key of {} is set there: dsn set {} {}", node, key, value);
}

/// What to do instead of setting a key to no value or to two.
ExitCode explain(Context& context, const SetOptions& options) {
  if (!options.values.empty()) {
    complain(context.program,
             fmt::format("KEY and VALUE were expected, and not three arguments{}",
                         at_its_owner(printable(options.key), printable(options.values[0]),
                                      printable(options.values[1]))));
    return ExitCode::usage;
  }
  const std::size_t slash = options.key.find('/');
  std::string hint;
  if (slash != std::string::npos) {
    const std::string node = options.key.substr(0, slash);
    (void)with_agent(context, options.agent, [&](Client& client) -> Result<ExitCode> {
      if (is_node(client, node)) hint = at_its_owner(node, options.key.substr(slash + 1), "VALUE");
      return ExitCode::ok;
    });
  }
  complain(context.program, "the value is missing: dsn set KEY VALUE" + hint);
  return ExitCode::usage;
}

/// Until the agent ends; a signal ends the program.
Result<ExitCode> hold_on(Client& client) {
  while (true) {
    pollfd socket{client.descriptor(), POLLIN, 0};
    if (::poll(&socket, 1, -1) <= 0) continue;
    if (const auto status = client.status(); !status) return status.failure();
  }
}

}  // namespace

ExitCode run(Context& context, const SetOptions& options) {
  if (options.values.size() != 1) return explain(context, options);
  Result<Value> value = parse_value_argument(options.values.front(), options.as_text);
  if (!value) {
    complain(context.program, value.error());
    return ExitCode::usage;
  }
  return with_agent(context, options.agent, [&](Client& client) -> Result<ExitCode> {
    const auto report = client.set({{.key = options.key,
                                     .value = std::move(value).value(),
                                     .unit = options.unit,
                                     .max_age = options.max_age,
                                     .ttl = options.ttl,
                                     .hold = options.hold,
                                     .keep = options.keep,
                                     .as = options.as,
                                     .device_class = options.device_class,
                                     .precision = options.precision}});
    if (!report) return report.failure();
    context.output.say(fmt::format(
        "{} = {} on {}, {}\n", printable(options.key), printable(trimmed(options.values.front())),
        report->node + (options.as.empty() ? "" : "." + options.as), lifetime_text(options)));
    return options.hold ? hold_on(client) : ExitCode::ok;
  });
}

ExitCode run(Context& context, const UnsetOptions& options) {
  return with_agent(context, options.agent, [&](Client& client) -> Result<ExitCode> {
    for (const std::string& key : options.keys) {
      const auto removed = client.unset({key});
      if (!removed) return removed.failure();
      if (*removed > 0) continue;
      complain(context.program, fmt::format("there is no key '{}' of a program on this node "
                                            "(dsn-read NODE shows those that there are)",
                                            printable(key)));
      return ExitCode::unknown;
    }
    return ExitCode::ok;
  });
}

}  // namespace dsn::cli
