// SPDX-License-Identifier: Apache-2.0
// What is kept of other nodes from run to run: their names, and how far they had got.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/endpoint.hpp"
#include "base/time.hpp"
#include "core/join/admission.hpp"
#include "core/liveness/liveness.hpp"
#include "core/peers/name_owners.hpp"
#include "core/peers/peer_table.hpp"
#include "core/session/crypto_port.hpp"
#include "core/session/keyring.hpp"
#include "core/state/local_node.hpp"

namespace dsn::core {

/// What is shown of a node that an earlier run heard, until this one hears it.
struct RememberedNode {
  std::string name;
  Endpoint last;       ///< where it was; port 0 if that is not known
  Duration absent{};   ///< how long it had not been heard when this was written
  Duration silence{};  ///< how much longer it said then that it sleeps; zero if it did not
};

/// What is to be remembered of another node from run to run.
struct KnownNode {
  PublicKey key{};
  std::string name;               ///< the name that belongs to it; empty if none does
  std::uint32_t incarnation = 0;  ///< the highest that it has spoken of itself
  /// The signed head that proves `incarnation`; empty if there is none. It is sent back as OWNHEAD
  /// to a node that lost its state, so that it can raise its own incarnation.
  Bytes head;
  Signature signature{};
  /// Of a node that was forgotten: nothing older is taken of it from relays.
  HighWater reached;
  /// Nothing if the node said good-bye for good, or was forgotten.
  std::optional<RememberedNode> remembered;
};

/// The secrets that are not at hand and are computed at the start, which takes up to 20 ms each.
inline constexpr std::size_t kAgreementsAtStartMax = 64;

class KnownNodes {
 public:
  KnownNodes(CryptoPort& crypto, const LocalNode& self, const Keyring& keys, PeerTable& peers,
             NameOwners& names, Admission& admission, Liveness& liveness)
      : crypto_(crypto),
        self_(self),
        keys_(keys),
        peers_(peers),
        names_(names),
        admission_(admission),
        liveness_(liveness) {}

  /// Takes what an earlier run kept.
  void remember(const KnownNode& known, Instant now);
  /// What the next run should know, in no particular order.
  [[nodiscard]] std::vector<KnownNode> all(Instant now) const;

 private:
  void show(const KnownNode& known, const NodeId& id, Instant now);

  CryptoPort& crypto_;
  const LocalNode& self_;
  const Keyring& keys_;
  PeerTable& peers_;
  NameOwners& names_;
  Admission& admission_;
  Liveness& liveness_;
  std::size_t agreements_left_ = kAgreementsAtStartMax;
};

}  // namespace dsn::core
