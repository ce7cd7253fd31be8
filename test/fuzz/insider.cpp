// SPDX-License-Identifier: Apache-2.0
// Goal: no sequence of datagrams (of several members, one of them malicious; forged, repeated,
// reflected, from other addresses), commands and time breaks a node or its invariants. Input: acts,
// each a byte and what it takes.
#include "base/check.hpp"
#include "core/state/head.hpp"
#include "fuzz/input.hpp"
#include "fuzz/stage.hpp"

namespace dsn::fuzz {

using namespace core;
using namespace wire;

namespace {

constexpr std::size_t kRecordedMax = 64;

class Play {
 public:
  Play() {
    // After those of the invariants, which stay in force.
    stage_.net.filter = [this, watch = stage_.net.filter](std::size_t from, const Endpoint& to,
                                                          ByteView bytes) {
      for (std::uint8_t i = 0; i < 4; ++i) stage_.member(i).note_sent(to, bytes);
      record(bytes);
      return watch(from, to, bytes);
    };
  }

  void act(fuzz::Input& input) {
    const std::uint8_t what = input.byte();
    test::Puppet& member = stage_.member(what >> 4);
    switch (what % 16) {
      case 0:
      case 1:
        if (const ByteView text = input.block(kPlaintextBytesMax); !text.empty()) {
          send(member, what % 16 == 0 ? member.pair(text) : member.group(text));
        }
        break;
      case 2:
        greet(member, input.byte());
        break;
      case 3:
        beat(member, input.byte());
        break;
      case 4:
        member.say([&](CborWriter& out) {
          encode_pull(out, {{static_cast<std::uint32_t>(input.byte()), input.number(1)}});
        });
        break;
      case 5:
        restart(member, input.byte());
        break;
      case 6:
        repeat(member, input);
        break;
      case 7:
      case 8:
        stage_.pass_time(input.byte());
        break;
      case 9:
        write(input);
        break;
      case 10:
        tell(member, input);
        break;
      default:
        act_rarely(what, member, input);
    }
    member.raw.clear();
  }

 private:
  void act_rarely(std::uint8_t what, test::Puppet& member, fuzz::Input& input) {
    test::VirtualNetwork& net = stage_.net;
    switch (what % 16) {
      case 11:
        net.network_changed(stage_.target);
        break;
      case 12:  // another address for the same member
        member.endpoint = Endpoint::ipv4({192, 0, 2, input.byte()}, 17373);
        break;
      case 13:
        net.pause(stage_.target);
        stage_.pass_time(input.byte());
        net.resume(stage_.target);
        break;
      case 14:
        own_head(member, input);
        break;
      case 15:
        member.say([&](CborWriter& out) {
          encode_bye(out, {ByeReason{input.byte()}, input.byte()});
        });
        break;
      default:
        break;
    }
  }

  void record(ByteView bytes) {
    if (recorded_.size() < kRecordedMax) recorded_.emplace_back(bytes.begin(), bytes.end());
  }

  void send(test::Puppet& member, const Bytes& datagram, bool multicast = false) {
    record(datagram);
    member.send(datagram, multicast);
  }

  // HELLO or WELCOME, and KNOCK behind it.
  void greet(test::Puppet& member, std::uint8_t how) {
    member.forge_signature = (how & 2) != 0;
    const auto own = stage_.machine().node->self().session();
    send(member, how & 1 ? member.hello(own) : member.hello(), (how & 4) != 0);
    member.forge_signature = false;
    if ((how & 8) == 0) send(member, member.knock());
  }

  void beat(test::Puppet& member, std::uint8_t version) {
    member.beat(version);
    if (version & 128) member.show_head();
  }

  void restart(test::Puppet& member, std::uint8_t how) {
    member.session = SessionId{0x7000 + ++restarts_};
    if (how & 1) ++member.incarnation;
    if (how & 2) member.version = 0;
    if (how & 4) greet(member, 0);
  }

  // What anybody sent, the node itself included: as it was, from elsewhere, or with a wrong bit.
  void repeat(test::Puppet& member, fuzz::Input& input) {
    const std::uint8_t which = input.byte();
    const std::uint8_t how = input.byte();
    if (recorded_.empty()) return;
    Bytes datagram = recorded_[which % recorded_.size()];
    if (how & 1) datagram[input.number(2) % datagram.size()] ^= static_cast<std::uint8_t>(1 + how);
    if (how & 2) datagram.resize(input.number(2) % (datagram.size() + 1));
    Endpoint from = member.endpoint;
    if (how & 4) from = Endpoint::ipv4({198, 51, 100, which}, 1);
    stage_.net.inject(stage_.target, from, datagram, (how & 8) != 0);
  }

  void write(fuzz::Input& input) {
    const std::uint8_t key = input.byte();
    const std::string name = "own/" + std::string(1, static_cast<char>('a' + key % 26));
    if (key & 128) {
      stage_.net.unset(stage_.target, name);
    } else {
      const std::string text(input.number(2) % (kValueBytesMax + 10), 'v');
      stage_.net.set(stage_.target, name, Value::text(text));
    }
  }

  // A message to the member, which may acknowledge it, or not.
  void tell(test::Puppet& member, fuzz::Input& input) {
    const std::uint8_t how = input.byte();
    const Value value = Value::text(std::string(input.number(2), 'm'));
    const auto kind = how & 128 ? AppMessageKind::ask : AppMessageKind::send;
    (void)stage_.net.tell(stage_.target, member.id, {kind, "light", value.cbor(), 0},
                          std::chrono::milliseconds(100) * (how % 128));
  }

  // A recording of an earlier run of the node, which a member keeps.
  void own_head(test::Puppet& member, fuzz::Input& input) {
    const Node& node = *stage_.machine().node;
    Head head;
    head.network = node.network_id();
    head.id = node.self().id();
    head.version = {static_cast<std::uint32_t>(input.number(4)), input.number(1)};
    head.session = SessionId{input.number(1)};
    std::array<std::uint8_t, kHeadBytesMax> buffer{};
    const ByteView encoded = ByteView(buffer).first(encode_head(head, buffer));
    Signature signature{};
    DSN_CHECK(sign_head(*stage_.machine().crypto, encoded, signature));
    Bytes text(kPlaintextBytesMax);
    CborWriter out(text);
    encode_own_head(out, {encoded, signature});
    send(member, member.group(out.written()));
  }

  fuzz::Stage stage_;
  std::vector<Bytes> recorded_;
  std::uint64_t restarts_ = 0;
};

}  // namespace
}  // namespace dsn::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  dsn::fuzz::Input input(data, size);
  dsn::fuzz::Play play;
  for (int acts = 0; acts < 100 && !input.at_end(); ++acts) play.act(input);
  return 0;
}
