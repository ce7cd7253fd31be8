// SPDX-License-Identifier: Apache-2.0
#include "support/puppet.hpp"

#include <algorithm>

#include "base/big_endian.hpp"
#include "base/check.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

namespace {

std::array<std::uint8_t, 4> address_of(std::uint64_t seed) {
  return {172, static_cast<std::uint8_t>(seed >> 16), static_cast<std::uint8_t>(seed >> 8),
          static_cast<std::uint8_t>(seed)};
}

}  // namespace

Puppet::Puppet(VirtualNetwork& net, std::size_t target, std::uint64_t seed)
    : Puppet(net, target, seed, std::make_unique<FakeCrypto>(0x5eed'0000 + seed)) {}

Puppet::Puppet(VirtualNetwork& net, std::size_t target, std::uint64_t seed,
               std::unique_ptr<CryptoPort> crypto)
    : session(SessionId{0x9000'0000'0000'0000 + seed}),
      endpoint(Endpoint::ipv4(address_of(seed), 17373)),
      net_(net),
      target_(target),
      crypto_(std::move(crypto)),
      began_(net.now()),
      keys_(*crypto_, net[target].options.keys.keys.front(),
            {net[target].options.keys.authority, session}) {
  id = node_id_of(*crypto_, crypto_->public_key());
  DSN_CHECK(crypto_->agree(net[target].crypto->public_key(), secret_));
}

PairContext Puppet::context(bool out) const {
  const LocalNode& target = net_[target_].node->self();
  return out ? PairContext{id, target.id(), session, target.session()}
             : PairContext{target.id(), id, target.session(), session};
}

void Puppet::note_sent(const Endpoint& to, ByteView bytes) {
  if (to != endpoint) return;
  ++datagrams_in;
  bytes_in += bytes.size();
  raw.emplace_back(bytes.begin(), bytes.end());
}

Puppet::Signed Puppet::sign(const StateVersion& of, ByteView canonical,
                            const std::function<void(Head&)>& change) {
  Head head;
  head.network = keys_.network_id();
  head.id = id;
  head.name = name;
  head.version = of;
  head.root = state_root(*crypto_, canonical);
  head.state_bytes = canonical.size();
  head.session = session;
  if (change) change(head);
  std::array<std::uint8_t, kHeadBytesMax> buffer;
  const std::size_t size = encode_head(head, buffer);
  Signed made;
  made.head.assign(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(size));
  DSN_CHECK(sign_head(*crypto_, made.head, made.signature));
  return made;
}

Bytes Puppet::hello(std::optional<SessionId> echo) {
  Head head;
  head.network = keys_.network_id();
  head.id = id;
  head.name = name;
  head.version = {incarnation, version};
  head.session = session;
  std::array<std::uint8_t, kHeadBytesMax> buffer;
  const ByteView encoded = ByteView(buffer).first(encode_head(head, buffer));
  Signature signature{};
  DSN_CHECK(sign_head(*crypto_, encoded, signature));
  if (forge_signature) signature[0] ^= 1;
  Hello message;
  message.head = {encoded, signature};
  message.public_key = crypto_->public_key();
  message.member_count = member_count;
  if (echo) message.echo = static_cast<std::uint64_t>(*echo);
  std::array<std::uint8_t, kPlaintextBytesMax> text;
  CborWriter out(text);
  encode_hello(out, message, echo ? 0 : 120);
  return group(out.written());
}

Bytes Puppet::group(ByteView plaintext) { return group(plaintext, session); }

Bytes Puppet::group(ByteView plaintext, SessionId as) {
  const FrameHeader header{FrameClass::group, kFirstKeyEpoch, next_group_sequence_++,
                           static_cast<std::uint64_t>(as)};
  Bytes datagram(header.size() + plaintext.size() + kFrameTagBytes);
  datagram.resize(seal_frame(*crypto_, keys_.group(as), header, plaintext, datagram) +
                  kNetworkTagBytes);
  put_big_endian(MutableBytes(datagram).last(kNetworkTagBytes), keys_.tag_of(datagram));
  return datagram;
}

Bytes Puppet::knock(ByteView plaintext) {
  const Bytes frame = pair(plaintext);
  const LocalNode& target = net_[target_].node->self();
  std::array<std::uint8_t, kPlaintextBytesMax> text;
  CborWriter out(text);
  encode_knock(out, {crypto_->public_key(), static_cast<std::uint64_t>(target.session()), frame});
  return group(out.written());
}

Bytes Puppet::knock() {
  std::array<std::uint8_t, 128> text;
  CborWriter out(text);
  encode_run(out, {{incarnation, version}, name, roles});
  return knock(out.written());
}

Bytes Puppet::pair(ByteView plaintext, std::uint64_t sequence) {
  Bytes datagram(kDatagramBytesMax);
  const DirectionKey direction = keys_.pair(secret_, context(true));
  const FrameHeader header{FrameClass::pair, kFirstKeyEpoch, sequence, direction.label};
  datagram.resize(seal_frame(*crypto_, direction.key, header, plaintext, datagram));
  return datagram;
}

Bytes Puppet::pair(ByteView plaintext) {
  const auto clock_ms = static_cast<std::uint64_t>(to_ms(net_.now() - began_));
  const std::uint64_t number = std::max(next_sequence_, sequence_at(clock_ms));
  next_sequence_ = number + 1;
  return pair(plaintext, number);
}

void Puppet::send(ByteView datagram, bool multicast) {
  net_.inject(target_, endpoint, datagram, multicast);
}

void Puppet::say(const std::function<void(CborWriter&)>& write) {
  std::array<std::uint8_t, kPlaintextBytesMax> text;
  CborWriter out(text);
  write(out);
  DSN_CHECK(out.ok());
  send(pair(out.written()));
}

void Puppet::beat(std::uint64_t at) {
  version = at;
  say([&](CborWriter& out) {
    encode_update(out, MessageType::mail, {incarnation, at, at, 0, {}, {}});
  });
}

void Puppet::show_head() {
  const Signed made = sign({incarnation, version}, Bytes{0xa0});
  say([&](CborWriter& out) { encode_head_message(out, made.view()); });
}

void Puppet::join() {
  send_and_prove(knock());
  beat(version);
}

void Puppet::send_and_prove(ByteView datagram) {
  std::vector<Bytes> answers;
  const auto filter = net_.filter;
  net_.filter = [&](std::size_t from, const Endpoint& to, ByteView bytes) {
    if (to == endpoint) answers.emplace_back(bytes.begin(), bytes.end());
    return !filter || filter(from, to, bytes);
  };
  send(datagram);
  net_.filter = filter;
  for (const Bytes& answer : answers) {
    const std::optional<Bytes> text = open(answer);
    if (text && answer[0] >> 6 == 1) acknowledge(*text);
  }
}

void Puppet::acknowledge(ByteView plaintext) {
  CborReader in(plaintext);
  while (in.ok() && !in.at_end()) {
    const MessageStart start = decode_message_start(in);
    if (start.type != static_cast<std::uint64_t>(MessageType::syn)) {
      skip_message(in, start);
      continue;
    }
    const Syn syn = decode_syn(in, start);
    if (in.ok()) say([&](CborWriter& out) { encode_ack(out, {syn.token, {}, {}, 0}); });
  }
}

std::optional<Bytes> Puppet::open(ByteView datagram) {
  const auto header = decode_frame_header(datagram);
  if (!header) return std::nullopt;
  const bool paired = header->frame_class == FrameClass::pair;
  const AeadKey key =
      paired ? keys_.pair(secret_, context(false)).key : keys_.group(header->session());
  if (!paired) datagram = datagram.first(datagram.size() - kNetworkTagBytes);
  Bytes buffer(kPlaintextBytesMax);
  const auto text = open_frame(*crypto_, key, *header, datagram, buffer);
  if (!text) return std::nullopt;
  return Bytes(text->begin(), text->end());
}

std::vector<Bytes> Puppet::heard() {
  std::vector<Bytes> texts;
  for (const Bytes& datagram : raw) {
    if (std::optional<Bytes> text = open(datagram)) texts.push_back(std::move(*text));
  }
  raw.clear();
  return texts;
}

const Peer* Puppet::seen() const { return net_[target_].node->peers().find(id); }

void connect(VirtualNetwork& net, const std::vector<Puppet*>& puppets) {
  net.filter = [puppets](std::size_t, const Endpoint& to, ByteView bytes) {
    for (Puppet* puppet : puppets) puppet->note_sent(to, bytes);
    return true;
  };
}

}  // namespace dsn::test
