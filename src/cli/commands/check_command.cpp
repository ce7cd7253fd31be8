// SPDX-License-Identifier: Apache-2.0
// dsn check: whether a configuration is good, and what its sensors say.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>

#include "base/hide_keys.hpp"
#include "cli/command.hpp"
#include "cli/setup/agent_user.hpp"
#include "cli/setup/sensor_check.hpp"
#include "cli/setup/start_check.hpp"
#include "cli/show/display_text.hpp"
#include "config/config_file.hpp"
#include "config/load.hpp"
#include "config/module_files.hpp"
#include "config/reference.hpp"

namespace dsn::cli {
namespace {

void show_all(Context& context, const std::vector<config::Finding>& findings, const char* severity,
              bool json) {
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
}

void show_findings(Context& context, const config::LoadResult& loaded, bool json) {
  show_all(context, loaded.errors, "error", json);
  show_all(context, loaded.warnings, "warning", json);
  show_all(context, loaded.exposures, "warning", json);
}

void append(std::vector<config::Finding>& all, std::vector<config::Finding> more) {
  std::ranges::move(more, std::back_inserter(all));
}

/// Whether only root can say if the key of the service is good: its service manager reads it as
/// root.
bool is_hidden(const CheckOptions& options, const config::Config& config) {
  return options.file == options.system_root + config::kDefaultFile && is_handed_over(config) &&
         access(config.aes_key_file.c_str(), R_OK) != 0 && errno == EACCES;
}

/// Adds what would keep the agent from starting with a good configuration. For that of the service
/// this process becomes its user, for good: what it may not read, the agent may not.
void look_as_the_agent(const CheckOptions& options, config::LoadResult& loaded) {
  const std::string user = service_user(options.file, options.system_root);
  const bool hands_over = !user.empty() && is_handed_over(loaded.config);
  if (hands_over) append(loaded.errors, missing_key(loaded.config));
  if (!user.empty()) {
    if (const auto done = become(user); !done) {
      loaded.errors.push_back({{options.file}, done.error()});
      return;
    }
    const config::LoadResult again = config::load(options.file, options.system_root);
    for (const config::Finding& error : again.errors) {
      loaded.errors.push_back(
          {error.position, fmt::format("{}; the service is user '{}': sudo chmod a+rX {}",
                                       error.message, user, error.position.file)});
    }
  }
  if (!hands_over && !is_hidden(options, loaded.config)) {
    append(loaded.errors, missing_key(loaded.config));
  }
  append(loaded.errors, obstacles(loaded.config, options.system_root));
}

/// The files of programs beside the agent that are in its folder. Whether all are good.
bool check_module_files(Context& context, const CheckOptions& options) {
  bool good = true;
  for (const config::ModuleFile& module : config::module_files()) {
    const std::string path = config::folder_of(options.file) + std::string(module.name);
    if (access(path.c_str(), F_OK) != 0) continue;
    const config::ModuleFindings found = module.check(path);
    show_all(context, found.errors, "error", options.json);
    show_all(context, found.warnings, "warning", options.json);
    good = good && found.errors.empty();
  }
  return good;
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
  const bool modules_are_good = check_module_files(context, options);
  config::LoadResult loaded = config::load(options.file, options.system_root);
  if (loaded.errors.empty()) look_as_the_agent(options, loaded);
  show_findings(context, loaded, options.json);
  if (access(options.file.c_str(), F_OK) != 0 && errno == ENOENT) {
    complain(context.program, "run 'dsn init', or write one: every key has a default");
  }
  if (!loaded.errors.empty() || !modules_are_good) {
    return written(context, ExitCode::configuration);
  }
  const std::vector<config::Finding> missing = missing_programs(loaded.config);
  show_all(context, missing, "error", options.json);
  if (options.no_read || loaded.config.sensors.empty()) {
    if (!options.json && missing.empty()) {
      const std::size_t count = loaded.config.sensors.size();
      context.output.say(fmt::format("{}: {} sensor{}, no errors\n", printable(options.file), count,
                                     count == 1 ? "" : "s"));
    }
    return written(context, missing.empty() ? ExitCode::ok : ExitCode::error);
  }
  const ExitCode read =
      show_values(context, options, check_sensors(loaded.config.sensors, options.system_root));
  return missing.empty() || read != ExitCode::ok ? read : ExitCode::error;
}

}  // namespace dsn::cli
