// SPDX-License-Identifier: Apache-2.0
// dsn scan, dsn init --add: what is plugged in and not in the configuration.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include "cli/command.hpp"
#include "cli/setup/new_files.hpp"
#include "cli/setup/setup_dialog.hpp"
#include "cli/setup/setup_files.hpp"
#include "cli/setup/setup_plan.hpp"
#include "cli/show/display_text.hpp"
#include "cli/show/prompt.hpp"
#include "config/config_file.hpp"
#include "config/load.hpp"
#include "file/atomic_file.hpp"

namespace dsn::cli {
namespace {

constexpr int kFilesMax = 1000;

/// With sudo for root, and the file unless it is the usual one.
std::string command_line(const std::string& words, const std::string& config) {
  const std::string sudo = ::geteuid() == 0 ? "sudo " : "";
  return sudo + words + (config == config::kDefaultFile ? "" : " --config " + config);
}

/// The configuration; nothing, after its findings, if it is not good.
std::optional<config::Config> load_good(Context& context, const std::string& file,
                                        const std::string& system_root) {
  config::LoadResult loaded = config::load(file, system_root);
  for (const config::Finding& error : loaded.errors) {
    context.output.write(printable(error.to_string()) + "\n");
  }
  if (!loaded.errors.empty()) return std::nullopt;
  return std::move(loaded.config);
}

/// `conf.d/sensors-1.yaml` beside the configuration, or the next number that is free.
std::string free_file(const std::string& config) {
  const std::string folder = config::folder_of(config) + "conf.d/";
  for (int number = 1; number < kFilesMax; ++number) {
    std::string file = fmt::format("{}sensors-{}.yaml", folder, number);
    if (!file_exists(file)) return file;
  }
  return folder + "sensors.yaml";
}

Result<std::string> write_addition(const std::string& config, const Surroundings& found) {
  NewFiles files;
  std::string file = free_file(config);
  const std::string folder = file.substr(0, file.rfind('/'));
  if (auto made = files.make_folders(folder, file::FolderMode::readable); !made)
    return made.failure();
  const std::string text = addition_text(found);
  if (auto created = file::create_file(file, as_bytes(text), file::FileMode::readable); !created)
    return created.failure();
  files.keep();
  return file;
}

void say_nothing_new(SetupDialog& dialog, const std::string& file) {
  dialog.say("found", "nothing that is not in " + file + " already");
}

}  // namespace

ExitCode run(Context& context, const ScanOptions& options) {
  const bool is_there = file_exists(options.config);
  const auto config =
      is_there ? load_good(context, options.config, options.system_root) : config::Config{};
  if (!config) return written(context, ExitCode::configuration);
  const Surroundings found =
      is_there ? look_beside(*config, options.system_root) : look_around(options.system_root);
  SetupDialog dialog(context.output);
  std::size_t width = 0;
  for (const Proposal& one : found.proposals) {
    width = std::max(width, display_width(one.title + one.shown));
  }
  for (const Proposal& one : found.proposals) {
    const std::size_t gap = width - display_width(one.title + one.shown);
    dialog.say("found", fmt::format("{} \u2192 {}{}   {}: {}", one.title, one.shown,
                                    std::string(gap, ' '), one.key, one.settings));
  }
  if (found.proposals.empty()) {
    say_nothing_new(dialog, options.config);
  } else {
    dialog.say_step("next", command_line(is_there ? "dsn init --add" : "dsn init", options.config),
                    is_there ? "adds them to the configuration" : "writes a configuration");
  }
  return written(context);
}

ExitCode run_add(Context& context, const InitOptions& options) {
  if (!file_exists(options.config)) {
    complain(context.program, options.config + " is not there: run dsn init without --add");
    return ExitCode::configuration;
  }
  if (!options.yes && !can_ask()) {
    complain(context.program,
             "this is no terminal, so nothing can be asked: --yes takes what is proposed");
    return ExitCode::usage;
  }
  const auto config = load_good(context, options.config, options.system_root);
  if (!config) return written(context, ExitCode::configuration);
  SetupPlan plan;
  plan.found = look_beside(*config, options.system_root);
  SetupDialog dialog(context.output);
  if (plan.found.proposals.empty()) {
    say_nothing_new(dialog, options.config);
    return written(context);
  }
  if (!dialog.choose_sensors(plan, options.yes)) {
    complain(context.program, "nothing was written");
    return ExitCode::error;
  }
  if (std::ranges::none_of(plan.found.proposals, &Proposal::enabled)) {
    dialog.say("wrote", "nothing: no sensor was taken");
    return written(context);
  }
  const auto file = write_addition(options.config, plan.found);
  if (!file) {
    complain(context.program, file.error());
    return ExitCode::error;
  }
  dialog.say("wrote", *file);
  dialog.say_step("next", check_command(options.config), "reads each sensor once");
  dialog.say_step("", ::geteuid() == 0 ? "sudo dsn reload" : "dsn reload", "the agent takes them");
  return written(context);
}

}  // namespace dsn::cli
