// SPDX-License-Identifier: Apache-2.0
// dsn set, dsn unset: keys of the local node.
#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/show/value_argument.hpp"

namespace dsn::cli {

ExitCode run(Context& context, const SetOptions& options) {
  Result<Value> value = parse_value_argument(options.value, options.as_text);
  if (!value) {
    complain(context.program, value.error());
    return ExitCode::usage;
  }
  return with_agent(context, options.agent, [&](Client& client) -> Result<ExitCode> {
    const auto version =
        client.set({{options.key, std::move(value).value(), options.unit, options.max_age}});
    if (!version) return version.failure();
    return ExitCode::ok;
  });
}

ExitCode run(Context& context, const UnsetOptions& options) {
  return with_agent(context, options.agent, [&](Client& client) -> Result<ExitCode> {
    const auto removed = client.unset(options.keys);
    if (!removed) return removed.failure();
    if (*removed == options.keys.size()) return ExitCode::ok;
    complain(context.program, fmt::format("{} of {} keys did not exist",
                                          options.keys.size() - *removed, options.keys.size()));
    return ExitCode::unknown;
  });
}

}  // namespace dsn::cli
