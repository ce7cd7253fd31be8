// SPDX-License-Identifier: Apache-2.0
// dsn join --replace: a node moves into another network.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "base/private_memory.hpp"
#include "cli/command.hpp"
#include "cli/setup/key_replacement.hpp"
#include "cli/setup/network_check.hpp"
#include "cli/setup/setup_dialog.hpp"
#include "cli/show/no_agent.hpp"
#include "cli/show/prompt.hpp"
#include "config/default_file.hpp"
#include "config/load.hpp"
#include "crypto/entropy.hpp"

namespace dsn::cli {
namespace {

class Replacing {
 public:
  Replacing(Context& context, const JoinOptions& options)
      : context_(context), options_(options), dialog_(context.output) {}

  Result<void> run() {
    if (auto ready = crypto::initialise_crypto(); !ready) return ready;
    const auto replacement = KeyReplacement::begin(options_.init.config);
    if (!replacement) return replacement.failure();
    const auto access = options_.key_file.empty() ? dialog_.read_invite()
                                                  : crypto::load_network_key(options_.key_file);
    if (!access) return access.failure();
    if (auto told = tell_networks(replacement->old_key(), *access); !told) return told;
    if (!look_at_network(*access)) return Error{"nothing was changed"};
    const auto done = replacement->replace_with(*access);
    if (!done) return done.failure();
    show(*replacement, *done);
    return {};
  }

 private:
  Result<void> tell_networks(const std::optional<crypto::NetworkAccess>& from,
                             const crypto::NetworkAccess& to) {
    const auto id = network_id_of(to);
    if (!id) return id.failure();
    const auto old_id = from ? network_id_of(*from) : Result<std::string>("none");
    if (!old_id) return old_id.failure();
    dialog_.say("network", *id == *old_id ? *id + ", as before" : *old_id + " \u2192 " + *id);
    return {};
  }

  /// False if the operator does not want to go on. A system root is another machine's.
  bool look_at_network(const crypto::NetworkAccess& access) {
    if (!options_.init.system_root.empty()) return true;
    const std::string name = config::load(options_.init.config).config.node_id;
    const auto remarks = check_network(call_neighbours(), access, name);
    return std::ranges::all_of(remarks, [&](const NetworkRemark& remark) {
      dialog_.say("heard", remark.text);
      return options_.init.yes || !can_ask() || remark.question.empty() ||
             dialog_.agrees(remark.question);
    });
  }

  void show(const KeyReplacement& replacement, const KeyReplacement::Done& done) {
    const std::string sudo = ::geteuid() == 0 ? "sudo " : "";
    const bool usual = options_.init.config == config::kDefaultFile;
    const std::string file = usual ? "" : " --config " + options_.init.config;
    if (!done.old_authority.empty()) {
      dialog_.say("authority", "that of the old network is " + done.old_authority + " now");
    }
    if (!done.back_authority.empty()) {
      dialog_.say("authority", "that of this network is " + done.back_authority + " again");
    }
    if (!done.changed) return dialog_.say("key", "this node has this key already");
    dialog_.say("wrote", replacement.key_path());
    if (!done.old_key.empty()) {
      dialog_.say("kept", done.old_key + ", the newest key of the old network");
      dialog_.say_step("undo", sudo + "dsn join --replace --key " + done.old_key + file,
                       "back into the old network");
    }
    const bool service = usual && has_service(options_.init.system_root);
    dialog_.say_step("next", service ? sudo + "systemctl restart dsn-agent" : "dsn-agent" + file,
                     "starts the node with this key; stop it before if it runs");
    dialog_.say_step("", sudo + "dsn status", "shows who is there");
  }

  Context& context_;
  const JoinOptions& options_;
  SetupDialog dialog_;
};

}  // namespace

ExitCode run_replace(Context& context, const JoinOptions& options) {
  keep_memory_private();
  const Result<void> done = Replacing(context, options).run();
  if (done) return written(context);
  complain(context.program, done.error());
  return ExitCode::error;
}

}  // namespace dsn::cli
