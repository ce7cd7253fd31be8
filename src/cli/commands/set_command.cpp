// SPDX-License-Identifier: Apache-2.0
// dsn set, dsn unset: keys of the local node.
#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/show/value_argument.hpp"

namespace dsn::cli {

ExitCode run_set(Context& context, const SetOptions& options) {
  Result<Value> value = parse_value_argument(options.value, options.as_text);
  if (!value) {
    complain(context.program, value.error());
    return ExitCode::usage;
  }
  const auto socket = socket_of(context, options.agent);
  if (!socket) return ExitCode::unreachable;
  auto client = connect(context, *socket);
  if (!client) return ExitCode::unreachable;
  const auto version =
      client->set({{options.key, std::move(value).value(), options.unit, options.max_age}});
  if (!version) return failed(context, *client, version.error());
  return ExitCode::ok;
}

ExitCode run_unset(Context& context, const UnsetOptions& options) {
  const auto socket = socket_of(context, options.agent);
  if (!socket) return ExitCode::unreachable;
  auto client = connect(context, *socket);
  if (!client) return ExitCode::unreachable;
  const auto removed = client->unset(options.keys);
  if (!removed) return failed(context, *client, removed.error());
  if (*removed == options.keys.size()) return ExitCode::ok;
  complain(context.program, fmt::format("{} of {} keys did not exist",
                                        options.keys.size() - *removed, options.keys.size()));
  return ExitCode::unknown;
}

}  // namespace dsn::cli
