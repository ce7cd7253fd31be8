// SPDX-License-Identifier: Apache-2.0
// dsn check: whether a configuration is good, and what its sensors say.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "base/hide_keys.hpp"
#include "cli/command.hpp"
#include "cli/setup/sensor_check.hpp"
#include "cli/show/display_text.hpp"
#include "config/load.hpp"
#include "config/reference.hpp"

namespace dsn::cli {
namespace {

void show_findings(Context& context, const config::LoadResult& loaded, bool json) {
  const auto show = [&](const std::vector<config::Finding>& findings, const char* severity) {
    for (const config::Finding& finding : findings) {
      const std::string line = finding.to_string();
      if (json) {
        context.output.write(finding_json(finding, severity));
      } else if (std::string_view(severity) == "error") {
        context.output.say(hide_keys(printable(line)) + "\n");
      } else {
        complain(context.program, "warning: " + line);
      }
    }
  };
  show(loaded.errors, "error");
  show(loaded.warnings, "warning");
  show(loaded.exposures, "warning");
}

ExitCode show_values(Context& context, const CheckOptions& options,
                     const std::vector<CheckedValue>& values) {
  if (options.json || !context.output.is_terminal()) {
    for (const CheckedValue& value : values) {
      context.output.write(options.json ? check_json(value) : check_line(value));
    }
  } else {
    context.output.say(check_report(values, table_style(context)));
  }
  const bool good =
      std::ranges::all_of(values, [](const CheckedValue& value) { return value.error.empty(); });
  return written(context, good ? ExitCode::ok : ExitCode::error);
}

}  // namespace

ExitCode run(Context& context, const CheckOptions& options) {
  if (options.schema) {
    context.output.write(config::json_schema());
    return written(context);
  }
  const config::LoadResult loaded = config::load(options.file, options.system_root);
  show_findings(context, loaded, options.json);
  if (access(options.file.c_str(), F_OK) != 0) {
    complain(context.program, "run 'dsn init', or write one: every key has a default");
  }
  if (!loaded.errors.empty()) return written(context, ExitCode::configuration);
  if (options.no_read || loaded.config.sensors.empty()) {
    if (!options.json) {
      const std::size_t count = loaded.config.sensors.size();
      context.output.say(fmt::format("{}: {} sensor{}, no errors\n", printable(options.file), count,
                                     count == 1 ? "" : "s"));
    }
    return written(context);
  }
  return show_values(context, options, check_sensors(loaded.config.sensors, options.system_root));
}

}  // namespace dsn::cli
