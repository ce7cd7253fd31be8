// SPDX-License-Identifier: Apache-2.0
#include "core/address_exchange.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "core/common/injected_bugs.hpp"

namespace dsn::core {
namespace {

constexpr std::size_t kPeerSampleMax = 16;

// A loopback address names another node to everyone but the nodes of its own machine.
// protocol.md [address-loopback]
bool is_of_use_to(const Endpoint& endpoint, const Endpoint& reader) {
  return !endpoint.is_loopback() || reader.is_loopback();
}

// protocol.md [observer-hidden]
bool is_hidden(const Peer& peer) {
  return peer.session.is_observer && !has_bug(InjectedBug::observer_told);
}

}  // namespace

// protocol.md [who-members]
void AddressExchange::handle_who(Peer& peer, const wire::Who& who, Effects& effects) {
  std::vector<const Peer*> known;
  for (std::size_t i = 0; i < who.count; ++i) {
    const Peer* asked = peers_.find_prefix(who.prefixes[i]);
    const bool told =
        asked != nullptr && asked != &peer && asked->reachable() && !is_hidden(*asked);
    if (told) known.push_back(asked);
  }
  if (!known.empty()) send(peer, known, effects);
}

void AddressExchange::send_sample(Peer& peer, Effects& effects) {
  const std::vector<Peer*>& members = peers_.members().all();
  std::vector<const Peer*> sample(members.begin(), members.end());
  std::erase_if(sample, [&](const Peer* one) { return one == &peer || is_hidden(*one); });
  const std::size_t count = std::min(sample.size(), kPeerSampleMax);
  for (std::size_t i = 0; i < count; ++i) {
    std::swap(sample[i], sample[i + random_.below(sample.size() - i)]);
  }
  sample.resize(count);
  if (!sample.empty()) send(peer, sample, effects);
}

// protocol.md [address-told]
void AddressExchange::send(Peer& to, std::span<const Peer* const> peers, Effects& effects) {
  std::array<std::uint8_t, wire::kPlaintextBytesMax - 16> buffer;
  wire::CborWriter encoded(buffer);
  wire::PeerAddresses addresses;
  for (const Peer* peer : peers) {
    if (!peer->path.is_proven() || !is_of_use_to(peer->path.endpoint, to.path.endpoint)) continue;
    wire::encode_peer_address(encoded, {peer->id, peer->path.endpoint});
    if (!encoded.ok()) return;
    ++addresses.count;
  }
  if (addresses.count == 0) return;
  addresses.encoded = encoded.written();
  wire::CborWriter out = outbox_.plaintext();
  wire::encode_peers(out, addresses);
  outbox_.send(to, out, effects);
}

// protocol.md [peers-hint]
void AddressExchange::handle_peers(Peer& peer, const wire::PeerAddresses& peers, Instant now) {
  wire::CborReader in(peers.encoded);
  for (std::size_t i = 0; i < peers.count; ++i) {
    wire::PeerAddress told = wire::decode_peer_address(in);
    const Peer* known = peers_.find(told.id);
    if (told.id == self_.id() ||
        (known != nullptr && known->reachable() && known->path.is_proven()))
      continue;
    if (!is_of_use_to(told.endpoint, peer.path.endpoint)) continue;
    if (told.endpoint.is_link_local()) {
      // protocol.md [address-link-local]
      // A link-local address is valid on one link only: the one on which the teller is heard.
      if (peer.path.endpoint.scope == 0) continue;
      told.endpoint.scope = peer.path.endpoint.scope;
    }
    hearsay_.add(told.id, told.endpoint, peer, now);
  }
}

}  // namespace dsn::core
