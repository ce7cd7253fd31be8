// SPDX-License-Identifier: Apache-2.0
// What observers must not do, and what must not be done with them (docs/protocol.md, section 8.1).
#pragma once

#include <functional>
#include <string>

#include "sim/crypto_decorator.hpp"
#include "support/virtual_network.hpp"

namespace dsn::sim {

using namespace core;

/// Looks into all that honest nodes seal.
class ObserverWatch {
 public:
  using Broken = std::function<void(const std::string&)>;
  ObserverWatch(test::VirtualNetwork& net, Broken broken) : net_(net), broken_(std::move(broken)) {}

  /// The machine with this crypto port seals a plaintext.
  void note_sealed(const CryptoPort& port, ByteView plaintext);

 private:
  [[nodiscard]] bool is_observer(const NodeId& id) const;
  [[nodiscard]] bool knows(const Node& node, SessionId session) const;
  void check_told(const wire::PeerAddresses& peers) const;
  void check_observer(const Node& observer, const wire::MessageStart& start,
                      wire::CborReader& in) const;

  test::VirtualNetwork& net_;
  Broken broken_;
};

}  // namespace dsn::sim
