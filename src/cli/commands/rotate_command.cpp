// SPDX-License-Identifier: Apache-2.0
// dsn key rotate, dsn revoke, dsn key status, dsn key export, dsn key import: replace the network
// key and put nodes out, which the authority of the network may.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "base/path.hpp"
#include "base/private_memory.hpp"
#include "cli/command.hpp"
#include "cli/setup/setup_files.hpp"
#include "cli/show/age_text.hpp"
#include "cli/show/display_text.hpp"
#include "config/load.hpp"
#include "core/session/key_statement.hpp"
#include "crypto/authority.hpp"
#include "crypto/entropy.hpp"
#include "crypto/psa_crypto.hpp"
#include "dsn/network_keys.hpp"

namespace dsn::cli {
namespace {

// What one statement has room for (docs/protocol.md, section 7.10).
constexpr std::size_t kOutMax = 32;

constexpr const char* kNoAuthority =
    "this network has no authority, which those have that dsn init made: replace its key by hand, "
    "with aes_key_next in the configuration of each node (docs/keys.md)";

/// Beside the key file that the configuration names.
Result<std::string> authority_path(const std::string& given, const std::string& config_file) {
  if (!given.empty()) return given;
  const auto loaded = config::load(config_file);
  if (!loaded.config.aes_key_file.empty()) {
    return parent_folder(loaded.config.aes_key_file) + "/authority.key";
  }
  return Error{loaded.errors.empty() ? config_file + " names no key file (aes_key_file)"
                                     : loaded.errors.front().to_string()};
}

Result<NodeId> id_of(const std::string& wanted, const KeyStatus& status) {
  std::vector<const KeyHolder*> found;
  for (const KeyHolder& holder : status.nodes) {
    if (holder.node == wanted || holder.id == wanted) found.push_back(&holder);
  }
  if (found.size() == 1) {
    if (found.front()->state != NodeState::self) return *parse_node_id(found.front()->id);
    return Error{wanted + " is this node itself: run the command on another one"};
  }
  if (const auto id = parse_node_id(wanted)) return *id;
  return Error{found.empty() ? "no node '" + wanted + "' is known here: give its id"
                             : "several nodes are called '" + wanted + "': give its id"};
}

/// The latest who are out, so that nodes that join later know them, and `more`.
std::vector<NodeId> all_out(const KeyStatus& status, const std::vector<NodeId>& more) {
  std::vector<NodeId> out = more;
  for (auto hex = status.out.rbegin(); hex != status.out.rend(); ++hex) {
    const auto id = parse_node_id(*hex);
    const bool fits = out.size() < kOutMax;
    if (id && fits && std::ranges::find(out, *id) == out.end()) out.push_back(*id);
  }
  return out;
}

Result<KeyRotation> make_rotation(const crypto::Identity& authority, const KeyStatus& status,
                                  std::vector<NodeId> out, bool now) {
  crypto::PsaCrypto signer(authority);
  core::EpochKey key;
  key.epoch = status.epoch + 1;
  crypto::random_bytes(key.key.mutable_view());
  core::KeyStatement statement;
  const auto network = from_hex(status.network);
  if (!network || network->size() != statement.network.bytes.size()) {
    return Error{"the agent shows no network id"};
  }
  std::ranges::copy(*network, statement.network.bytes.begin());
  statement.epoch = key.epoch;
  statement.key_hash = core::key_hash(signer, key.key.view());
  statement.out = std::move(out);
  statement.flags = now ? core::KeyStatement::kDropsFormer : 0;
  const auto made = core::sign_statement(signer, statement);
  if (!made) return Error{"cannot sign: the crypto library failed"};
  return KeyRotation{to_hex(made->encoded), to_hex(made->signature), to_hex(made->authority),
                     to_hex(key.key.view())};
}

std::string list_of(const std::vector<std::string>& nodes) {
  std::string text;
  for (const std::string& node : nodes) text += (text.empty() ? "" : ", ") + printable(node);
  return text;
}

Result<ExitCode> rotate(Context& context, Client& client, const KeyRotateOptions& options) {
  const auto status = client.network_keys();
  if (!status) return status.failure();
  if (status->authority.empty()) return Error{kNoAuthority};
  const auto path = authority_path(options.authority, options.config);
  if (!path) return path.failure();
  const auto authority = crypto::load_authority(*path);
  if (!authority) return authority.failure();
  if (to_hex(crypto::authority_hash(*authority)) != status->authority) {
    return Error{*path + " is the authority of another network"};
  }
  std::vector<NodeId> without;
  for (const std::string& node : options.without) {
    const auto id = id_of(node, *status);
    if (!id) return id.failure();
    without.push_back(*id);
  }
  const auto rotation = make_rotation(*authority, *status, all_out(*status, without), options.now);
  if (!rotation) return rotation.failure();
  if (const auto taken = client.rotate_key(*rotation); !taken) return taken.failure();
  context.output.write(fmt::format("the network key is k{} now", status->epoch + 1));
  if (!without.empty()) context.output.write(", and out is " + list_of(options.without));
  context.output.write("\nnext: dsn key status shows who has it\n");
  if (options.now) {
    context.output.write(
        "nodes that are away now have to be let in again: dsn join --replace on each, with what "
        "dsn key invite prints here\n");
  }
  return written(context);
}

/// "; missing: shed (gone 3d)", or nothing.
std::string missing_text(const KeyStatus& status) {
  std::string missing;
  for (const KeyHolder& holder : status.nodes) {
    if (holder.has_key) continue;
    missing +=
        fmt::format("{}{} ({} {})", missing.empty() ? "; missing: " : ", ", printable(holder.node),
                    to_string(holder.state), format_age(holder.heard));
  }
  return missing;
}

/// Of a network without an authority.
std::string status_by_hand(const KeyStatus& status, std::size_t holders) {
  if (!status.has_next) {
    return "this network has one key and no authority: it was made by hand, with aes_key\n"
           "to replace the key: put a new one as aes_key_next beside it on each node, and restart "
           "it (docs/keys.md)\n";
  }
  const bool all = holders == status.nodes.size();
  return fmt::format(
      "{} of {} open two keys{}\n"
      "this network has no authority: it was made by hand, with aes_key\nnext: {}\n",
      holders, status.nodes.size(), missing_text(status),
      all ? "on each node, make the value of aes_key_next that of aes_key, and the other way "
            "round, "
            "and restart it; then remove aes_key_next on each (docs/keys.md)"
          : "those that are missing: if you are adding the new key, put it there as aes_key_next; "
            "if "
            "all have swapped the two, remove aes_key_next here (docs/keys.md)");
}

Result<ExitCode> show_status(Context& context, Client& client) {
  const auto status = client.network_keys();
  if (!status) return status.failure();
  if (status->network.empty()) return Error{"this node has no network key: dsn init, or dsn join"};
  const auto holders =
      static_cast<std::size_t>(std::ranges::count(status->nodes, true, &KeyHolder::has_key));
  if (status->authority.empty()) {
    context.output.write(status_by_hand(*status, holders));
    return written(context);
  }
  context.output.write(fmt::format("{} of {} hold k{}{}\n", holders, status->nodes.size(),
                                   status->epoch, missing_text(*status)));
  if (status->former_keys > 0) {
    context.output.write("who has one of the former keys and is known here gets the new one\n");
  }
  if (!status->out.empty()) context.output.write("out: " + list_of(status->out) + "\n");
  if (status->may_be_known_outside) {
    context.output.write(
        "two operators replaced the key at once, and a node that is out may have the newest one; "
        "next: dsn key rotate\n");
  }
  if (!status->problem.empty())
    context.output.write("not kept: " + printable(status->problem) + "\n");
  return written(context);
}

Result<void> copy_authority(const std::string& from, const std::string& to) {
  keep_memory_private();
  if (auto ready = crypto::initialise_crypto(); !ready) return ready;
  const auto authority = crypto::load_authority(from);
  if (!authority) return authority.failure();
  if (file_exists(to)) {
    return Error{to +
                 " is there already and stays as it is: move it away first, or give another name"};
  }
  return crypto::store_authority(to, *authority);
}

ExitCode finished(Context& context, const Result<void>& done, const std::string& text) {
  if (!done) {
    complain(context.program, done.error());
    return ExitCode::error;
  }
  context.output.write(text);
  return written(context);
}

}  // namespace

ExitCode run(Context& context, const KeyRotateOptions& options) {
  keep_memory_private();
  if (const auto ready = crypto::initialise_crypto(); !ready) {
    complain(context.program, ready.error());
    return ExitCode::error;
  }
  return with_agent(context, options.agent,
                    [&](Client& client) { return rotate(context, client, options); });
}

ExitCode run(Context& context, const KeyStatusOptions& options) {
  return with_agent(context, options.agent,
                    [&](Client& client) { return show_status(context, client); });
}

ExitCode run(Context& context, const KeyExportOptions& options) {
  const auto path = authority_path({}, options.config);
  const Result<void> done = path ? copy_authority(*path, options.file) : path.failure();
  return finished(context, done,
                  options.file +
                      " has the authority of this network; put it where no thief of a "
                      "node finds it, and remove the one here\n");
}

ExitCode run(Context& context, const KeyImportOptions& options) {
  const auto path = authority_path({}, options.config);
  const Result<void> done = path ? copy_authority(options.file, *path) : path.failure();
  return finished(context, done, "this machine can rotate the network key now: dsn key rotate\n");
}

}  // namespace dsn::cli
