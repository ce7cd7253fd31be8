// SPDX-License-Identifier: Apache-2.0
// dsn init, dsn join: from a machine without a configuration to a node.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "cli/command.hpp"
#include "cli/setup/new_files.hpp"
#include "cli/setup/setup_plan.hpp"
#include "cli/show/display_text.hpp"
#include "cli/show/prompt.hpp"
#include "config/config.hpp"
#include "config/config_file.hpp"
#include "crypto/entropy.hpp"
#include "crypto/identity.hpp"
#include "crypto/invite.hpp"
#include "file/atomic_file.hpp"
#include "local/json/json_text.hpp"

namespace dsn::cli {
namespace {

namespace fs = std::filesystem;

/// Where a package, `meson install` and an operator put it.
constexpr auto kUnitFolders = std::to_array<std::string_view>(
    {"/lib/systemd/system", "/usr/local/lib/systemd/system", "/etc/systemd/system"});
constexpr std::size_t kSecretSizeMax = 256;

bool exists(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0;
}

fs::path absolute(const std::string& path) {
  std::error_code error;
  return fs::absolute(path, error);
}

/// A line of what happens: "found     1-wire ...".
std::string line(std::string_view word, std::string_view text) {
  return fmt::format("{:9} {}\n", word, text);
}

class Setup {
 public:
  Setup(Context& context, const InitOptions& options, bool join)
      : context_(context),
        options_(options),
        join_(join),
        folder_(config::folder_of(options.config)),
        file_(options.config) {
    key_path_ = options.key_file.empty() ? folder_ + "keys/k1.key"
                                         : absolute(options.key_file).lexically_normal().string();
    plan_.key_file = key_path_.starts_with(folder_) ? key_path_.substr(folder_.size()) : key_path_;
  }

  ExitCode run() {
    const Result<void> done = steps();
    if (done) return written(context_, exit_code_);
    complain(context_.program, printable(done.error()));
    return exit_code_ == ExitCode::ok ? ExitCode::error : exit_code_;
  }

 private:
  Result<void> steps() {
    if (auto ready = look_before(); !ready) return ready;
    if (is_new()) {
      if (auto named = choose_name(); !named) return named;
    }
    if (auto key = get_key(); !key) return key;
    if (is_new()) {
      plan_.found = look_around(options_.system_root);
      if (auto chosen = choose_sensors(); !chosen) return chosen;
    }
    if (auto made = write_all(); !made) return made;
    show_next();
    return check_written();
  }

  /// Nothing is asked that would be in vain.
  Result<void> look_before() {
    if (exists(options_.config)) {
      if (!lacks_only_the_key()) {
        return Error{options_.config +
                     " is there already and stays as it is: change it, then run " +
                     command("check") + "; or name another file with --config"};
      }
      file_ = folder_ + "conf.d/network-key.yaml";
      if (exists(file_)) return Error{file_ + " is there already and stays as it is"};
    }
    if (options_.key_file.empty() && exists(key_path_)) {
      return Error{key_path_ +
                   " is there already and stays as it is: to use this key, run dsn "
                   "init --key " +
                   key_path_};
    }
    if (auto writable = can_write(); !writable) return writable;
    if (options_.yes || can_ask() || !is_new()) return {};
    exit_code_ = ExitCode::usage;
    return Error{"this is no terminal, so nothing can be asked: --yes takes what is proposed"};
  }

  /// A configuration that is there and good, such as that of a package, gets a file beside it.
  [[nodiscard]] bool lacks_only_the_key() const {
    const auto loaded = config::load(options_.config, options_.system_root);
    return loaded.errors.empty() && !loaded.config.aes_key && loaded.config.aes_key_file.empty();
  }
  [[nodiscard]] bool is_new() const { return file_ == options_.config; }

  /// The innermost folder that is there decides.
  Result<void> can_write() {
    fs::path folder = absolute(options_.config).parent_path();
    while (!exists(folder) && folder.has_relative_path()) folder = folder.parent_path();
    // With the dot what is no folder is an error of its own.
    if (::faccessat(AT_FDCWD, (folder / ".").c_str(), W_OK | X_OK, AT_EACCESS) == 0) return {};
    const int error = errno;
    return Error{fmt::format("cannot write to {}: {}{}", folder.string(), std::strerror(error),
                             error == EACCES ? "; run it with sudo, or name another file with "
                                               "--config"
                                             : "")};
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
    say("name", plan_.node_id + (options_.name.empty() ? "   (from the host name)" : ""));
    return {};
  }

  Result<void> get_key() {
    if (auto ready = crypto::initialise_crypto(); !ready) return ready;
    if (join_) return read_invite();
    if (options_.key_file.empty()) {
      crypto::random_bytes(key_.mutable_view());
      say("network", "new; its key comes to " + key_path_);
      return {};
    }
    const auto loaded = crypto::load_network_key(key_path_);
    if (!loaded) return loaded.failure();
    key_ = *loaded;
    say("network", "that of the key " + key_path_);
    return {};
  }

  /// An invite, or the text of a key file.
  Result<void> read_invite() {
    const bool terminal = ::isatty(STDIN_FILENO) == 1;
    while (true) {
      crypto::SecretText text(kSecretSizeMax);
      const char* question = terminal ? "invite    (not shown; from: dsn key invite) " : "";
      if (!read_secret(context_.output, question, text, kSecretSizeMax))
        return Error{"no invite was given"};
      if (!terminal && (text.view().empty() || text.view().front() == '#')) continue;
      const auto key = crypto::parse_network_key(text.view());
      const auto invite =
          key ? Result<crypto::NetworkKey>(*key) : crypto::parse_invite(text.view());
      if (invite) {
        key_ = *invite;
        say("network", "that of the invite; its key comes to " + key_path_);
        return {};
      }
      if (!terminal) return invite.failure();
      context_.output.write(line("", invite.error()));
    }
  }

  Result<void> choose_sensors() {
    Surroundings& found = plan_.found;
    if (!found.board.empty()) say("board", found.board_title);
    std::size_t width = 0;
    for (const Proposal& one : found.proposals) {
      if (one.answered) width = std::max(width, display_width(shown(one)));
    }
    for (Proposal& proposal : found.proposals) {
      std::string text = shown(proposal);
      text.append(width - std::min(width, display_width(text)), ' ');
      if (options_.yes) {
        say("found", text + (proposal.enabled ? "   enabled as " : "   left out: ") + proposal.key);
      } else if (!ask(proposal, text)) {
        return Error{"nothing was written"};
      }
    }
    if (found.proposals.empty()) {
      say("found", "no sensors besides what every machine has: load, memory/available");
    }
    return {};
  }

  static std::string shown(const Proposal& proposal) {
    return proposal.title + " \u2192 " + proposal.shown;
  }

  /// False if nobody answers any more.
  bool ask(Proposal& proposal, const std::string& text) {
    while (true) {
      context_.output.write(fmt::format("{:9} {}   enable as {}? [{}] ", "found", text,
                                        proposal.key, proposal.enabled ? "Y" : "N"));
      const std::optional<std::string> answer = read_answer();
      if (!answer) return false;
      if (answer->empty()) return true;
      const bool yes = *answer == "y" || *answer == "Y" || *answer == "yes";
      if (*answer == "n" || *answer == "N" || *answer == "no") {
        proposal.enabled = false;
        return true;
      }
      const std::string& key = yes ? proposal.key : *answer;
      const std::string problem = objection(plan_, proposal, key);
      if (problem.empty()) {
        proposal.key = key;
        proposal.enabled = true;
        return true;
      }
      context_.output.write(line("", printable(problem) + "; answer y, n or another key"));
    }
  }

  Result<void> write_all() {
    NewFiles files;
    if (!folder_.empty()) {
      auto made = files.make_folders(folder_.substr(0, folder_.size() - 1), 0755);
      if (!made) return made;
    }
    if (options_.key_file.empty()) {
      if (auto made = files.make_folders(folder_ + "keys", 0700); !made) return made;
      if (auto stored = crypto::store_network_key(key_path_, key_); !stored) return stored;
      files.add(key_path_);
    }
    if (auto made = make_identity(files); !made) return made;
    if (!is_new()) {
      if (auto made = files.make_folders(folder_ + "conf.d", 0755); !made) return made;
    }
    const std::string text = is_new() ? configuration_text(plan_) : key_text(plan_);
    auto created = file::create_file(file_, as_bytes(text), file::FileMode::readable);
    if (!created) return created;
    files.add(file_);
    files.keep();
    say("wrote", fmt::format("{} ({} lines)", file_, std::count(text.begin(), text.end(), '\n')));
    return {};
  }

  /// Who this node is; one that is known is kept.
  Result<void> make_identity(NewFiles& files) {
    const std::string folder = crypto::default_credential_directory();
    if (exists(crypto::identity_path(folder))) {
      say("identity", crypto::identity_path(folder) + " is there already, and is kept");
      return {};
    }
    Result<crypto::Identity> identity = crypto::create_identity();
    if (!identity) return identity.failure();
    identity->machine = crypto::marks_of(crypto::machine_ids(options_.system_root), {});
    if (auto made = files.make_folders(folder, 0700); !made) return made;
    if (auto saved = crypto::save_new_identity(folder, *identity); !saved) return saved;
    files.add(crypto::identity_path(folder));
    return {};
  }

  /// The files of conf.d are part of it, and may not go with it.
  Result<void> check_written() {
    const auto loaded = config::load(options_.config, options_.system_root);
    for (const config::Finding& error : loaded.errors) {
      context_.output.write(printable(error.to_string()) + "\n");
      exit_code_ = ExitCode::configuration;
    }
    return {};
  }

  void show_next() {
    const bool usual = options_.config == InitOptions{}.config;
    const std::string sudo = ::geteuid() == 0 ? "sudo " : "";
    const std::string file = usual ? "" : " --config " + options_.config;
    const bool service = usual && has_unit();
    show_step("next", command("check"), "reads each sensor once");
    show_step(
        "", sudo + (service ? "systemctl restart dsn-agent" : "dsn-agent" + file),
        is_new() || service ? "starts the node" : "starts the node; stop it before if it runs");
    show_step("", sudo + "dsn-read", "shows everybody's readings");
    if (join_) return;
    const std::string print = sudo + "dsn key invite" + file;
    if (!context_.output.is_terminal()) {
      show_step("", "sudo dsn join", "on the next node asks for what '" + print + "' prints");
      return;
    }
    show_step("", "sudo dsn join", "on the next node; paste this invite there, a secret:");
    crypto::SecretText text(crypto::kInviteSize);
    crypto::append_invite(text, key_);
    context_.output.write(std::string(10, ' '));
    context_.output.write(text.view());
    context_.output.write("\n");
  }

  [[nodiscard]] bool has_unit() const {
    return std::ranges::any_of(kUnitFolders, [&](std::string_view folder) {
      return exists(fmt::format("{}{}/dsn-agent.service", options_.system_root, folder));
    });
  }

  void show_step(std::string_view word, const std::string& step, const std::string& meaning) {
    say(word, fmt::format("{:36} # {}", step, meaning));
  }

  [[nodiscard]] std::string command(const std::string& word) const {
    const std::string sudo = ::geteuid() == 0 ? "sudo dsn " : "dsn ";
    return sudo + word + (options_.config == InitOptions{}.config ? "" : " " + options_.config);
  }

  void say(std::string_view word, const std::string& text) {
    context_.output.write(line(word, text));
  }

  Context& context_;
  const InitOptions& options_;
  bool join_;
  std::string folder_;  ///< of the configuration, with its '/'; may be empty
  std::string file_;    ///< that is written: the configuration, or beside it one with the key alone
  std::string key_path_;
  crypto::NetworkKey key_;
  SetupPlan plan_;
  ExitCode exit_code_ = ExitCode::ok;
};

}  // namespace

ExitCode run_init(Context& context, const InitOptions& options) {
  catch_stop_signals();
  return Setup(context, options, false).run();
}

ExitCode run_join(Context& context, const JoinOptions& options) {
  catch_stop_signals();
  return Setup(context, options.init, true).run();
}

}  // namespace dsn::cli
