// SPDX-License-Identifier: Apache-2.0
#include "sim/observer_watch.hpp"

namespace dsn::sim {

using namespace core;
using namespace wire;

bool ObserverWatch::is_observer(const NodeId& id) const {
  for (std::size_t i = 0; i < net_.size(); ++i) {
    if (net_[i].node && net_[i].node->self().id() == id) return net_[i].options.observer;
  }
  return false;
}

// Whose session this is nobody knows if its node is another one by now, or an insider.
bool ObserverWatch::knows(const Node& node, SessionId session) const {
  for (std::size_t i = 0; i < net_.size(); ++i) {
    if (!net_[i].node || net_[i].node->self().session() != session) continue;
    const NodeId& id = net_[i].node->self().id();
    return node.peers().find(id) != nullptr || node.peers().forgotten().contains(id);
  }
  return true;
}

void ObserverWatch::check_told(const PeerAddresses& peers) const {
  CborReader in(peers.encoded);
  for (std::size_t i = 0; i < peers.count; ++i) {
    if (is_observer(decode_peer_address(in).id)) broken_("the address of an observer is told");
  }
}

void ObserverWatch::check_observer(const Node& observer, const MessageStart& start,
                                   CborReader& in) const {
  switch (static_cast<MessageType>(start.type)) {
    case MessageType::welcome:
      if (!knows(observer, SessionId{decode_hello(in, start).echo.value_or(0)})) {
        broken_("an observer answers a stranger");
      }
      return;
    case MessageType::manifest:
      if (decode_manifest(in, start).origin) broken_("an observer hands out a state of another");
      return;
    case MessageType::origin:
      broken_("an observer hands out a head of another");
      return skip_message(in, start);
    default:
      return skip_message(in, start);
  }
}

void ObserverWatch::note_sealed(const CryptoPort& port, ByteView plaintext) {
  for (std::size_t i = 0; i < net_.size(); ++i) {
    if (net_[i].crypto.get() != &port || !net_[i].node) continue;
    CborReader in(plaintext);
    while (in.ok() && !in.at_end()) {
      const MessageStart start = decode_message_start(in);
      if (start.type == static_cast<std::uint64_t>(MessageType::peers)) {
        check_told(decode_peers(in, start));
      } else if (net_[i].options.observer) {
        check_observer(*net_[i].node, start, in);
      } else {
        skip_message(in, start);
      }
    }
  }
}

}  // namespace dsn::sim
