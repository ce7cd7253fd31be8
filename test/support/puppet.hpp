// SPDX-License-Identifier: Apache-2.0
// A member of the network on strings: it has the network key and a key pair, says exactly what a
// test wants it to say, and keeps what it hears. Also the malicious insider.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/session/frame_codec.hpp"
#include "core/session/keys.hpp"
#include "core/state/head.hpp"
#include "support/virtual_network.hpp"
#include "wire/messages.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

class Puppet {
 public:
  /// Speaks to machine `target` of the network from an address that no machine has.
  Puppet(VirtualNetwork& net, std::size_t target, std::uint64_t seed);
  /// Likewise, with the key pair of `crypto`.
  Puppet(VirtualNetwork& net, std::size_t target, std::uint64_t seed,
         std::unique_ptr<CryptoPort> crypto);
  Puppet(const Puppet&) = delete;
  Puppet& operator=(const Puppet&) = delete;

  /// What was sent to this puppet's address; to be called from the network's filter.
  void note_sent(const Endpoint& to, ByteView bytes);

  /// Its own head, of a state with this encoding; `change` may alter it before it is signed.
  struct Signed {
    Bytes head;
    Signature signature{};
    [[nodiscard]] SignedHead view() const { return {head, signature}; }
  };
  Signed sign(const StateVersion& of, ByteView canonical,
              const std::function<void(Head&)>& change = {});

  /// A HELLO, or with an echo a WELCOME, as a whole datagram.
  Bytes hello(std::optional<SessionId> echo = std::nullopt);
  /// Seals in the pair session with the target, under the next number or a given one. The next one
  /// tells the session clock, which began with the puppet.
  Bytes pair(ByteView plaintext);
  Bytes pair(ByteView plaintext, std::uint64_t sequence);
  Bytes group(ByteView plaintext);
  /// Under the session of another: every member can derive its key.
  Bytes group(ByteView plaintext, SessionId as);
  /// A KNOCK, whose PAIR frame holds RUN or this plaintext.
  Bytes knock();
  Bytes knock(ByteView plaintext);
  /// Hands a datagram to the target at once.
  void send(ByteView datagram, bool multicast = false);
  void say(const std::function<void(CborWriter&)>& write);
  /// Says HEAD, of the state without entries.
  void show_head();
  /// KNOCK, the answer to the SYN that asks whether it is there, and MAIL: the target then takes it
  /// for a live peer at a proven address.
  void join();
  void beat(std::uint64_t version = 0);

  /// Messages of the frames that came in since the last call, each frame's plaintext.
  std::vector<Bytes> heard();
  /// The plaintext of a datagram to this puppet, or to all; nothing if it is for somebody else.
  std::optional<Bytes> open(ByteView datagram);
  /// Sends a datagram, and answers the SYNs that it brings about at once.
  void send_and_prove(ByteView datagram);
  [[nodiscard]] const Peer* seen() const;

  NodeId id;
  SessionId session{};
  std::uint32_t incarnation = 1;
  std::uint64_t version = 0;
  std::string name = "puppet";
  std::uint64_t roles = 0;
  std::uint64_t member_count = 1;
  Endpoint endpoint;
  bool forge_signature = false;
  std::uint64_t datagrams_in = 0;
  std::uint64_t bytes_in = 0;
  std::vector<Bytes> raw;  ///< the datagrams themselves

 private:
  void acknowledge(ByteView plaintext);
  [[nodiscard]] PairContext context(bool out) const;

  VirtualNetwork& net_;
  std::size_t target_;
  std::unique_ptr<CryptoPort> crypto_;
  Instant began_;
  NetworkKeys keys_;
  SharedSecret secret_;
  std::uint64_t next_sequence_ = 0;
  std::uint64_t next_group_sequence_ = 0;
};

/// Lets the puppets hear what is sent to their addresses.
void connect(VirtualNetwork& net, const std::vector<Puppet*>& puppets);

}  // namespace dsn::test
