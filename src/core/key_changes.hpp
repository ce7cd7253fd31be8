// SPDX-License-Identifier: Apache-2.0
// What follows when this node took a new network key, or when more nodes are out (docs/protocol.md,
// section 7.10).
#pragma once

#include "core/common/effects.hpp"
#include "core/join/discovery.hpp"
#include "core/peers/name_owners.hpp"
#include "core/peers/peer_table.hpp"
#include "core/publish/key_spreader.hpp"
#include "core/publish/state_signer.hpp"
#include "core/session/keyring.hpp"
#include "core/state/local_node.hpp"

namespace dsn::core {

class KeyChanges {
 public:
  KeyChanges(const Keyring& keys, KeySpreader& spreader, LocalNode& self, StateSigner& signer,
             PeerTable& peers, NameOwners& names, Discovery& discovery)
      : keys_(keys),
        spreader_(spreader),
        self_(self),
        signer_(signer),
        peers_(peers),
        names_(names),
        discovery_(discovery) {
    self_.set_key_mark(keys_.mark());
  }

  /// Has the keys stored, shows the new one, and ends what there is with nodes that are out.
  /// Nothing if nothing was taken since the last call. Returns whether a member was put out.
  bool settle(Instant now, Effects& effects);

 private:
  bool put_out(Instant now, Effects& effects);

  const Keyring& keys_;
  KeySpreader& spreader_;
  LocalNode& self_;
  StateSigner& signer_;
  PeerTable& peers_;
  NameOwners& names_;
  Discovery& discovery_;
};

}  // namespace dsn::core
