// SPDX-License-Identifier: Apache-2.0
#include "node/key_view.hpp"

#include <algorithm>
#include <optional>

#include "core/publish/key_spreader.hpp"
#include "node/shown_node.hpp"

namespace dsn::node {
namespace {

/// Whether a node that shows this mark has the newest key, or both of them.
bool has_key(const core::Keyring& keys, core::KeyMark mark) {
  const core::KeyMark newest = keys.mark();
  if (keys.contents().authority) return mark >= newest || epoch_of(mark) > epoch_of(newest);
  return mark != core::KeyMark::none;
}

KeyHolder holder_of(const ShownNode& shown, core::KeyMark mark, const core::Keyring& keys) {
  KeyHolder holder;
  holder.node = shown.label;
  holder.id = shown.id.hex();
  holder.epoch = core::epoch_of(mark);
  holder.has_key = has_key(keys, mark);
  holder.state = shown.state;
  holder.heard = std::chrono::milliseconds(to_ms(shown.heard));
  return holder;
}

}  // namespace

KeyStatus key_status(const NodeRuntime& node, Instant now) {
  const core::Node& core = node.core();
  const core::Keyring& keys = core.keyring();
  KeyStatus status;
  status.problem = node.keys_problem();
  if (node.local_only()) return status;
  status.network = to_hex(core.network_id().bytes);
  const core::KeyringContents& contents = keys.contents();
  if (contents.authority) status.authority = to_hex(*contents.authority);
  status.epoch = contents.keys.front().epoch;
  if (contents.authority) {
    status.former_keys = static_cast<std::uint32_t>(contents.keys.size() - 1);
  }
  status.has_next = !contents.authority && contents.keys.size() > 1;
  status.may_be_known_outside = keys.may_be_known_outside();
  for (const NodeId& id : contents.out) status.out.push_back(id.hex());
  status.nodes.push_back(holder_of(shown_self(core), keys.mark(), keys));
  for (const auto& peer : core.peers().all()) {
    const core::KeyMark mark = core::KeySpreader::mark_of(*peer);
    status.nodes.push_back(holder_of(shown_peer(core, *peer, now), mark, keys));
  }
  std::ranges::sort(status.nodes, {}, &KeyHolder::node);
  return status;
}

std::vector<Warning> key_warnings(const NodeRuntime& node) {
  std::vector<Warning> warnings;
  if (!node.keys_problem().empty()) {
    warnings.push_back({"keys-not-kept", "",
                        "the keys of the network are not kept on disk: " + node.keys_problem(),
                        "mend the disk or the folder; until then this node begins with the key of "
                        "its key file, and the others give it the newest one"});
  }
  if (node.core().keyring().may_be_known_outside()) {
    warnings.push_back({"rotate-again", "",
                        "the network key was replaced by two operators who did not know of each "
                        "other: a node that is out may have the newest one",
                        "run 'dsn key rotate' once more"});
  }
  return warnings;
}

Result<void> take_rotation(NodeRuntime& node, const KeyRotation& rotation) {
  const auto statement = from_hex(rotation.statement);
  const auto signature = from_hex(rotation.signature);
  const auto authority = from_hex(rotation.authority);
  const auto key = from_hex(rotation.key);
  const bool whole = statement && signature && signature->size() == core::Signature().size() &&
                     authority && authority->size() == core::PublicKey().size() && key &&
                     key->size() == wire::kNetworkKeyBytes;
  if (!whole) return Error{"this is no network key", ErrorCode::invalid_argument};
  switch (node.rotate({*statement, *signature, *authority, *key})) {
    case core::Keyring::Verdict::taken:
      return {};
    case core::Keyring::Verdict::joined:
    case core::Keyring::Verdict::known:
      return Error{"this node was given a newer key meanwhile: run the command again"};
    case core::Keyring::Verdict::refused:
      return Error{"the key is of another network, or puts this node out"};
    case core::Keyring::Verdict::forged:
      return Error{"the key was not signed by the authority of this network"};
  }
  return {};
}

}  // namespace dsn::node
