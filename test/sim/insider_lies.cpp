// SPDX-License-Identifier: Apache-2.0
// What a malicious member says unasked, and what that is made of.
#include <algorithm>
#include <utility>

#include "core/common/limits.hpp"
#include "sim/insider.hpp"

namespace dsn::sim {

using namespace core;
using namespace wire;

namespace {

constexpr Duration kVictimDelay = 1ms;
constexpr std::uint64_t kHuge = ~std::uint64_t{0};

std::string name_in(ByteView encoded) {
  const std::optional<Head> head = decode_head(encoded);
  return head ? std::string(head->name) : "nobody";
}

void rename(Bytes& encoded, std::string_view name) {
  std::optional<Head> head = decode_head(encoded);
  if (!head) return;
  head->name = name;
  std::array<std::uint8_t, kHeadBytesMax> again;
  const std::size_t size = encode_head(*head, again);
  encoded.assign(again.begin(), again.begin() + size);
}

}  // namespace

void Insider::act() {
  if (silent_) return;
  record_checkpoints();
  for (std::uint64_t i = 0, lies = 1 + random_.below(4); i < lies; ++i) {
    const std::size_t to = random_.below(net_.size());
    if (net_[to].running) lie(to);
  }
  const std::size_t to = victims_.below(net_.size());
  if (net_[to].running) move_to_victim(to);
}

// Says, with the address of somebody who is no node, that it is there now, and asks for much.
void Insider::move_to_victim(std::size_t to) {
  const Endpoint victim =
      Endpoint::ipv4({192, 0, 2, static_cast<std::uint8_t>(victims_.below(2))}, 17373);
  std::array<std::uint8_t, 64> text;
  CborWriter out(text);
  encode_pull(out, {StateVersion{}});
  for (std::uint64_t i = 0, count = 1 + victims_.below(3); i < count; ++i) {
    const Bytes datagram =
        victims_.one_in(4) ? puppet(to)->knock() : puppet(to)->pair(out.written());
    if (sending) sending(datagram);
    net_.post(to, victim, datagram, false, kVictimDelay);
  }
}

void Insider::lie(std::size_t to) {
  constexpr MessageType kOwn[] = {MessageType::mail, MessageType::delta, MessageType::snapshot,
                                  MessageType::manifest, MessageType::chunk};
  switch (random_.below(29)) {
    case 24:
    case 25:
      return relay_unasked(to);
    case 26:
    case 27:
      return pass_beats(to);
    case 28:
      return cry_late(to);
    case 0:
      return leave_and_return(to);
    case 1:
      return claim_session(to);
    case 2:
    case 3:
    case 4:
      return introduce_another(to);
    case 5:
    case 6:
      return show_old_head(to);
    case 7:
    case 8:
      return send_addresses(to);
    case 9:
    case 10:
      return ask_much(to);
    case 11:
    case 12:
      return splice(to);
    case 13:
      return send_noise(to);
    case 14:
    case 15:
    case 16:
      return introduce_itself(to);
    case 17:
    case 18:
    case 19:
      return speak_of_itself(to, kOwn[random_.below(std::size(kOwn))]);
    default:
      return spread_hearsay(to);
  }
}

void Insider::introduce_itself(std::size_t to) {
  test::Puppet* string = puppet(to);
  const bool copies = !introductions_.empty() && random_.one_in(2);
  string->name =
      copies ? name_in(introductions_[random_.below(introductions_.size())].head) : "insider";
  string->incarnation = incarnation_ + (random_.one_in(8) ? 1 : 0);
  string->version = random_.one_in(8) ? kHuge : version_;
  string->member_count = random_.one_in(4) ? kHuge : net_.size();
  const bool knocks = random_.one_in(2);
  post(to, knocks ? string->knock() : string->hello(), random_.one_in(2));
  speak_of_itself(to, MessageType::mail);
}

// Says that its own session is the one that somebody else began.
void Insider::claim_session(std::size_t to) {
  test::Puppet* string = puppet(to);
  const std::size_t other = random_.below(net_.size());
  if (!net_[other].running) return;
  const SessionId own = std::exchange(string->session, net_.node(other).self().session());
  post(to, random_.one_in(2) ? string->knock() : string->hello());
  speak_of_itself(to, MessageType::mail);
  string->session = own;
}

// A HELLO or WELCOME with somebody else's head, as it was or altered.
void Insider::introduce_another(std::size_t to) {
  test::Puppet* string = puppet(to);
  if (introductions_.empty()) return;
  Introduction copy = introductions_[random_.below(introductions_.size())];
  const bool own_session = random_.one_in(6);
  if (random_.one_in(3)) copy.head[random_.below(copy.head.size())] ^= 1;
  if (random_.one_in(3)) rename(copy.head, "liar");
  Hello hello;
  hello.head = {copy.head, copy.signature};
  hello.public_key = copy.public_key;
  hello.member_sum = random_.next();
  hello.member_count = random_.below(8);
  if (random_.one_in(3)) {
    hello.echo = static_cast<std::uint64_t>(net_.node(to).self().session());
  }
  std::array<std::uint8_t, kPlaintextBytesMax> text;
  CborWriter out(text);
  encode_hello(out, hello, hello.echo ? 0 : 120);
  post(to, string->group(out.written(), own_session ? string->session : copy.session),
       random_.one_in(2));
}

void Insider::show_old_head(std::size_t to) {
  test::Puppet* string = puppet(to);
  if (introductions_.empty()) return;
  const Introduction& one = introductions_[random_.below(introductions_.size())];
  std::array<std::uint8_t, kPlaintextBytesMax> text;
  CborWriter out(text);
  encode_own_head(out, {one.head, one.signature});
  post(to, string->group(out.written()));
}

void Insider::spread_hearsay(std::size_t to) {
  std::size_t count = 0;
  const Bytes items = draw_items(count);
  say(to, [&](CborWriter& out) {
    const std::uint64_t token = 1 + random_.below(8);
    switch (random_.below(3)) {
      case 0:
        return encode_syn(out, {token, random_.next(), {count, items}, random_.next()});
      case 1:
        return encode_ack(out, {token, {count, items}, {}, random_.next()});
      default:
        return encode_list(out, {token, random_.one_in(2), random_.next(), {count, items}});
    }
  });
}

// Some as they were heard, and some that are made up; those it held back go out a few at a time.
void Insider::pass_beats(std::size_t to) {
  passed_on_.resize(net_.size());
  std::size_t& next = passed_on_[to];
  Bytes others;
  const auto add = [&](Rumour beat) {
    const auto encoded = encode_rumour(beat);
    others.insert(others.end(), encoded.begin(), encoded.end());
  };
  for (int i = 0; i < 2 && next < beats_.size(); ++i) add(beats_[next++]);
  for (int i = 0; i < 4 && !beats_.empty(); ++i) {
    Rumour beat = beats_[random_.below(beats_.size())];
    if (random_.one_in(2))
      beat = beats_[beats_.size() - 1 - random_.below(std::min<std::size_t>(beats_.size(), 16))];
    add(beat);
    beat.index += static_cast<std::uint16_t>(1 + random_.below(20));
    beat.element[random_.below(beat.element.size())] ^= 1;
    add(beat);
  }
  say(to, [&](CborWriter& out) { encode_rumours(out, {{random_.below(3000), {}}, others}); });
}

void Insider::hand_on(std::size_t to, const KeyMessage& message) {
  if (silent_) return;
  say(to, [&](CborWriter& out) { encode_key(out, message); });
}

void Insider::cry_late(std::size_t to) {
  Late late;
  const std::size_t count = 1 + random_.below(late.prefixes.size());
  for (std::size_t i = 0; i < count; ++i) late.prefixes[late.count++] = draw_id().prefix();
  say(to, [&](CborWriter& out) { encode_late(out, late); });
}

void Insider::gossip(std::size_t but) {
  if (silent_) return;
  for (std::size_t to = 0; to < net_.size(); ++to) {
    if (!net_[to].running || to == but) continue;
    pass_beats(to);
    say(to, [&](CborWriter& out) {
      encode_syn(out, {1 + random_.below(9), random_.next(), {}, 0});
    });
  }
}

void Insider::dole_out(std::size_t to, const NodeId& of) {
  const auto origin = static_cast<std::uint32_t>(of.prefix() >> 40);
  const std::uint16_t last = doled_ > 0 ? beats_[doled_ - 1].index : std::uint16_t{0};
  for (; doled_ < beats_.size(); ++doled_) {
    const Rumour& beat = beats_[doled_];
    if (beat.origin == origin && beat.index != last) break;
  }
  if (silent_ || doled_ == beats_.size()) return;
  const auto encoded = encode_rumour(beats_[doled_++]);
  say(to, [&](CborWriter& out) { encode_rumours(out, {{}, encoded}); });
}

void Insider::send_addresses(std::size_t to) {
  Bytes buffer(kPlaintextBytesMax / 2);
  CborWriter encoded(buffer);
  const std::size_t count = 1 + random_.below(8);
  for (std::size_t i = 0; i < count; ++i) encode_peer_address(encoded, {draw_id(), draw_address()});
  const PeerAddresses peers{count, encoded.written()};
  say(to, [&](CborWriter& out) { encode_peers(out, peers); });
}

void Insider::speak_of_itself(std::size_t to, MessageType type) {
  std::size_t count = 0;
  const bool is_update = type == MessageType::mail || type == MessageType::delta;
  const Bytes entries = draw_entries(count, is_update);
  if (random_.one_in(2)) ++version_;
  StateVersion version = random_.one_in(3) ? draw_version() : StateVersion{incarnation_, version_};
  version.incarnation = std::max(version.incarnation, 1U);
  const std::uint64_t clock = random_.below(100'000);
  Bytes hashes(16 * (1 + random_.below(4)));
  Bytes chunk(random_.one_in(2) ? kChunkBytes : random_.below(kChunkBytes), 0xa0);
  say(to, [&](CborWriter& out) {
    switch (type) {
      case MessageType::snapshot:
        return encode_snapshot(out, {version, {count, entries}});
      case MessageType::manifest:
        return encode_manifest(out, {version, clock, hashes.size() / 16 * kChunkBytes, hashes});
      case MessageType::chunk:
        return encode_chunk(out, {version, random_.below(4), chunk});
      default: {
        const std::uint64_t from = random_.one_in(2) ? version.version : random_.below(version_);
        return encode_update(out, type,
                             {random_.one_in(2) ? 0 : version.incarnation,
                              std::min(from, version.version),
                              version.version,
                              random_.below(4),
                              {count, entries},
                              {}});
      }
    }
  });
}

// And comes back as another run, and to those who heard no good-bye.
void Insider::leave_and_return(std::size_t to) {
  say(to, [](CborWriter& out) { encode_bye(out, ByeReason::leaving); });
  ++incarnation_;
  session_ = SessionId{static_cast<std::uint64_t>(session_) + 0x1'0000'0000};
  introduce_itself(to);
}

// As many questions as a frame holds.
void Insider::ask_much(std::size_t to) {
  say(to, [&](CborWriter& out) {
    for (std::size_t i = 0, count = 1 + random_.below(60); i < count; ++i) {
      switch (random_.below(4)) {
        case 0:
          encode_pull(out, {draw_version()});
          break;
        case 1:
          encode_want(out, {draw_version(), {0, 1, 2, 3, 63}, 5});
          break;
        case 2:
          encode_who(out, {{draw_item().origin_prefix}, 1});
          break;
        default:
          encode_syn(out, {1 + random_.below(9), random_.next(), {}, 0});
      }
    }
  });
}

// A frame of somebody, as it was or with another's tail, from an address where it does not belong.
void Insider::splice(std::size_t to) {
  if (recorded_.empty()) return;
  Bytes bytes = recorded_[random_.below(recorded_.size())];
  const Bytes& other = recorded_[random_.below(recorded_.size())];
  if (random_.one_in(2)) {
    const std::size_t head =
        std::min<std::size_t>(other.size(), kGroupHeaderBytes + random_.below(32));
    bytes.resize(std::min(bytes.size(), head));
    bytes.insert(bytes.end(), other.begin() + static_cast<std::ptrdiff_t>(head), other.end());
  }
  post(to, bytes, random_.one_in(2));
}

void Insider::send_noise(std::size_t to) {
  Bytes noise(1 + random_.below(200));
  for (std::uint8_t& byte : noise) byte = static_cast<std::uint8_t>(random_.next());
  if (random_.one_in(2)) {
    post(to, puppet(to)->group(noise));
  } else {
    post(to, puppet(to)->pair(noise));
  }
}

// ---- what its lies are made of

NodeId Insider::draw_id() {
  const std::size_t index = random_.below(net_.size() + 1);
  if (index < net_.size() && net_[index].node) return net_.node(index).self().id();
  NodeId invented = id_;
  invented.bytes[0] = static_cast<std::uint8_t>(random_.next());
  return invented;
}

StateVersion Insider::draw_version() {
  const std::size_t index = random_.below(net_.size());
  StateVersion version{1, random_.below(8)};
  if (net_[index].running) version = net_.node(index).self().version();
  switch (random_.below(6)) {
    case 0:
      version.version += random_.below(4);
      break;
    case 1:
      version.incarnation += static_cast<std::uint32_t>(random_.below(3));
      break;
    case 2:
      version = {0xffff'ffff, kHuge};
      break;
    case 3:
      version = {};
      break;
    default:
      break;
  }
  return version;
}

DigestItem Insider::draw_item() {
  if (!records_.empty() && random_.one_in(4)) return item_of_record();
  const NodeId origin = draw_id();
  for (std::size_t i = 0; i < net_.size(); ++i) {
    const bool same = net_[i].running && net_.node(i).self().id() == origin;
    if (same && random_.one_in(2)) {  // its true version, and another fingerprint
      return {origin.prefix(), net_.node(i).self().version(), random_.next()};
    }
  }
  return {origin.prefix(), draw_version(), random_.next()};
}

Bytes Insider::draw_items(std::size_t& count) {
  Bytes buffer(kPlaintextBytesMax / 2);
  CborWriter out(buffer);
  count = random_.below(12);
  for (std::size_t i = 0; i < count; ++i) encode_item(out, draw_item());
  buffer.resize(out.size());
  return buffer;
}

// Entries that are right, but for elements of a later version in them, and for who says so.
Bytes Insider::draw_entries(std::size_t& count, bool short_too) {
  Bytes buffer(kPlaintextBytesMax / 2);
  CborWriter out(buffer);
  count = random_.below(4);
  for (std::size_t i = 0; i < count; ++i) {
    out.text("key" + std::to_string(i));
    if (short_too && random_.one_in(2)) {
      const Value value = Value::integer(static_cast<std::int64_t>(random_.below(100)));
      encode_short_entry(out, {random_.below(100'000), value.cbor(), random_.below(3)});
      continue;
    }
    const bool longer = random_.one_in(2);
    out.array(longer ? 7 : 5);
    out.uint(random_.below(version_ + 1));
    out.uint(random_.below(100'000));
    out.uint(0);
    out.text("Cel");
    out.uint(random_.below(100));
    if (longer) out.text("broken");
    if (longer) out.array(0);
  }
  buffer.resize(out.size());
  return buffer;
}

Endpoint Insider::draw_address() {
  const std::size_t index = random_.below(net_.size() + 2);
  if (index < net_.size()) return net_[index].endpoint;
  return Endpoint::ipv4({192, 0, 2, static_cast<std::uint8_t>(random_.next())},
                        static_cast<std::uint16_t>(random_.next()));
}

}  // namespace dsn::sim
