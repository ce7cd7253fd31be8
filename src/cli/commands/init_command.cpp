// SPDX-License-Identifier: Apache-2.0
// dsn init, dsn join: from a machine without a configuration to a node.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/private_memory.hpp"
#include "cli/command.hpp"
#include "cli/setup/network_check.hpp"
#include "cli/setup/setup_dialog.hpp"
#include "cli/setup/setup_files.hpp"
#include "cli/setup/setup_plan.hpp"
#include "cli/show/display_text.hpp"
#include "cli/show/no_agent.hpp"
#include "cli/show/prompt.hpp"
#include "config/config_file.hpp"
#include "config/default_file.hpp"
#include "config/load.hpp"
#include "crypto/authority.hpp"
#include "crypto/entropy.hpp"
#include "local/json/json_text.hpp"

namespace dsn::cli {
namespace {

class Setup {
 public:
  Setup(Context& context, const InitOptions& options, bool join)
      : context_(context),
        options_(options),
        join_(join),
        dialog_(context.output),
        files_({options.config, options.key_file, options.system_root}) {
    plan_.key_file = files_.key_setting();
  }

  ExitCode run() {
    keep_memory_private();
    const Result<void> done = steps();
    if (done) return written(context_, exit_code_);
    complain(context_.program, done.error());
    return exit_code_ == ExitCode::ok ? ExitCode::error : exit_code_;
  }

 private:
  Result<void> steps() {
    if (const std::string key = join_ ? files_.network_key() : ""; !key.empty()) {
      return Error{options_.config + " names the key of a network already, " + key +
                   "; to put that of another network into its place: sudo dsn join --replace" +
                   (options_.config == config::kDefaultFile ? "" : " --config " + options_.config)};
    }
    if (auto ready = files_.look_before(); !ready) return ready;
    if (files_.is_new()) {
      if (!options_.yes && !can_ask()) {
        exit_code_ = ExitCode::usage;
        return Error{"this is no terminal, so nothing can be asked: --yes takes what is proposed"};
      }
      if (auto named = choose_name(); !named) return named;
    }
    if (auto key = get_key(); !key) return key;
    if (!look_at_network()) return Error{"nothing was written"};
    if (files_.is_new()) {
      plan_.found = look_around(options_.system_root);
      if (!dialog_.choose_sensors(plan_, options_.yes)) return Error{"nothing was written"};
    }
    const auto written = files_.write(plan_, key_, authority_);
    if (!written) return written.failure();
    if (!written.value().kept.empty()) {
      dialog_.say("identity",
                  written.value().kept +
                      ", which was made before (by the package, or an earlier start), is kept");
    }
    dialog_.say("wrote", fmt::format("{} ({} lines)", written.value().file, written.value().lines));
    if (authority_) {
      dialog_.say("authority", files_.authority_path() +
                                   ": it replaces the key and puts nodes out; no node needs it, "
                                   "so keep it elsewhere (dsn key export)");
    }
    show_next();
    check_written();
    return {};
  }

  Result<void> choose_name() {
    const std::string quoted = local::value_json(Value::text(options_.name));
    const auto loaded = config::load_text(options_.name.empty() ? "" : "node_id: " + quoted + "\n",
                                          options_.config);
    if (!loaded.errors.empty()) {
      exit_code_ = ExitCode::usage;
      return Error{"--name: " + loaded.errors.front().message};
    }
    plan_.node_id = loaded.config.node_id;
    dialog_.say("name", plan_.node_id + (options_.name.empty() ? "   (from the host name)" : ""));
    return {};
  }

  Result<void> get_key() {
    if (auto ready = crypto::initialise_crypto(); !ready) return ready;
    if (join_) {
      const auto key = dialog_.read_invite();
      if (!key) return key.failure();
      key_ = *key;
      dialog_.say("network", "that of the invite; its key comes to " + files_.key_path());
    } else if (options_.key_file.empty()) {
      auto authority = crypto::create_authority();
      if (!authority) return authority.failure();
      authority_ = std::move(authority).value();
      key_.authority = crypto::authority_hash(*authority_);
      crypto::random_bytes(key_.key.key.mutable_view());
      dialog_.say("network", "new; its key comes to " + files_.key_path());
    } else {
      const auto key = crypto::load_network_key(files_.key_path());
      if (!key) return key.failure();
      key_ = *key;
      dialog_.say("network", "that of the key " + files_.key_path());
    }
    return {};
  }

  /// False if the operator does not want to go on. A system root is another machine's.
  bool look_at_network() {
    if (!options_.system_root.empty()) return true;
    const bool is_new = !join_ && options_.key_file.empty();
    const std::string name =
        files_.is_new() ? plan_.node_id : config::load(options_.config).config.node_id;
    const auto key = is_new ? std::nullopt : std::optional(key_);
    const auto remarks = check_network(call_neighbours(), key, name);
    return std::ranges::all_of(remarks, [&](const NetworkRemark& remark) {
      dialog_.say("heard", remark.text);
      return options_.yes || !can_ask() || remark.question.empty() ||
             dialog_.agrees(remark.question);
    });
  }

  /// The files of conf.d are part of the configuration, and may not agree with what was written.
  void check_written() {
    const auto loaded = config::load(options_.config, options_.system_root);
    for (const config::Finding& error : loaded.errors) {
      context_.output.write(printable(error.to_string()) + "\n");
      exit_code_ = ExitCode::configuration;
    }
  }

  void show_next() {
    const bool usual = options_.config == config::kDefaultFile ||
                       options_.config == options_.system_root + config::kDefaultFile;
    const std::string sudo = ::geteuid() == 0 ? "sudo " : "";
    const std::string file = usual ? "" : " --config " + options_.config;
    const bool service = usual && has_service(options_.system_root);
    dialog_.say_step("next", check_command(options_.config), "reads each sensor once");
    dialog_.say_step("", sudo + (service ? "systemctl restart dsn-agent" : "dsn-agent" + file),
                     files_.is_new() || service ? "starts the node"
                                                : "starts the node; stop it before if it runs");
    dialog_.say_step("", sudo + "dsn-read", "shows everybody's readings");
    if (join_) return;
    if (!context_.output.is_terminal()) {
      dialog_.say_step("", "sudo dsn join",
                       "on the next node; it asks for the invite that this prints here: " + sudo +
                           "dsn key invite" + file);
      return;
    }
    dialog_.say_step("", "sudo dsn join", "on the next node; paste this invite there, a secret:");
    dialog_.show_invite(key_);
  }

  Context& context_;
  const InitOptions& options_;
  bool join_;
  SetupDialog dialog_;
  SetupFiles files_;
  crypto::NetworkAccess key_;
  std::optional<crypto::Identity> authority_;  ///< of a new network
  SetupPlan plan_;
  ExitCode exit_code_ = ExitCode::ok;
};

}  // namespace

ExitCode run(Context& context, const InitOptions& options) {
  catch_stop_signals();
  if (options.add) return run_add(context, options);
  return Setup(context, options, false).run();
}

ExitCode run(Context& context, const JoinOptions& options) {
  catch_stop_signals();
  if (options.replace) return run_replace(context, options);
  return Setup(context, options.init, true).run();
}

}  // namespace dsn::cli
