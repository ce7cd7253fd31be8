// SPDX-License-Identifier: Apache-2.0
#include "core/key_changes.hpp"

#include "core/common/injected_bugs.hpp"

namespace dsn::core {

// protocol.md [key-stored] [key-shown]
bool KeyChanges::settle(Instant now, Effects& effects) {
  if (!spreader_.take_change()) return false;
  effects.store_keys();
  self_.set_key_mark(keys_.mark());
  signer_.sign_soon(now);
  return put_out(now, effects);
}

// protocol.md [out-ended]
bool KeyChanges::put_out(Instant now, Effects& effects) {
  bool was_member = false;
  for (const NodeId& id : keys_.contents().out) {
    if (!keys_.is_out(id)) continue;
    names_.release(id, now);
    const Peer* peer = peers_.find(id);
    if (peer == nullptr || has_bug(InjectedBug::session_of_out_stays)) continue;
    was_member |= peer->reachable();
    discovery_.drop_contact(peer->path.endpoint);
    effects.event(CoreEvent::Kind::left, id);
    peers_.erase(id, now);
  }
  return was_member;
}

}  // namespace dsn::core
