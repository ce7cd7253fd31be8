// SPDX-License-Identifier: Apache-2.0
// What members say to each other about where others are.
#include <gtest/gtest.h>

#include "support/puppet.hpp"

namespace dsn::test {

using namespace wire;

namespace {

Endpoint link_local(std::uint8_t host, std::uint32_t scope) {
  std::array<std::uint8_t, 16> address{0xfe, 0x80};
  address[15] = host;
  return Endpoint::ipv6(address, 17373, scope);
}

class AddressesTest : public testing::Test {
 protected:
  AddressesTest() : a_(net_.add("attic")), teller_(net_, a_, 1), other_(net_, a_, 2) {
    net_.filter = [this](std::size_t, const Endpoint& to, ByteView bytes) {
      teller_.note_sent(to, bytes);
      sent_to_.push_back(to);
      return true;
    };
  }
  /// Ids that the teller is told when it asks where the other is.
  std::vector<NodeId> told() {
    teller_.raw.clear();
    teller_.say([&](CborWriter& out) { encode_who(out, {{other_.id.prefix()}, 1}); });
    std::vector<NodeId> ids;
    for (const Bytes& text : teller_.heard()) {
      CborReader in(text);
      const MessageStart head = decode_message_start(in);
      if (head.type != static_cast<std::uint64_t>(MessageType::peers)) continue;
      const PeerAddresses addresses = decode_peers(in, head);
      CborReader one(addresses.encoded);
      for (std::size_t i = 0; i < addresses.count; ++i) ids.push_back(decode_peer_address(one).id);
    }
    return ids;
  }
  /// Whether a HELLO goes to an address that the teller names.
  bool is_tried(const Endpoint& told_of, const Endpoint& tried) {
    std::array<std::uint8_t, 100> buffer;
    CborWriter encoded(buffer);
    encode_peer_address(encoded, {other_.id, told_of});
    sent_to_.clear();
    teller_.say([&](CborWriter& out) { encode_peers(out, {1, encoded.written()}); });
    net_.run_for(1s);
    return std::ranges::find(sent_to_, tried) != sent_to_.end();
  }
  VirtualNetwork net_;
  std::size_t a_;
  Puppet teller_;
  Puppet other_;
  std::vector<Endpoint> sent_to_;
};

// protocol.md [who-members] [address-told]
TEST_F(AddressesTest, AreToldOfMembersOnly) {
  teller_.join();
  EXPECT_TRUE(told().empty()) << "unknown";
  other_.send(other_.hello());
  EXPECT_TRUE(told().empty()) << "not proven";
  other_.send(other_.knock());
  EXPECT_TRUE(told().empty()) << "at an address that is not proven";
  other_.join();
  EXPECT_EQ(told(), std::vector<NodeId>{other_.id});
  other_.say([](CborWriter& out) { encode_bye(out, ByeReason::leaving); });
  EXPECT_TRUE(told().empty()) << "left";
}

// protocol.md [observer-hidden]
TEST_F(AddressesTest, OfObserversAreNotTold) {
  other_.roles = kObserverRole;
  other_.join();
  teller_.join();
  EXPECT_TRUE(told().empty());
  for (const Bytes& text : teller_.heard()) EXPECT_NE(text[1], 17) << "PEERS";
}

// protocol.md [address-loopback]
TEST_F(AddressesTest, OfLoopbackAreForTheSameMachineOnly) {
  const Endpoint loopback = Endpoint::ipv4({127, 0, 0, 1}, 40001);
  other_.endpoint = loopback;
  teller_.join();
  other_.join();
  EXPECT_TRUE(told().empty());
  const Endpoint another = Endpoint::ipv4({127, 0, 0, 1}, 40002);
  other_.id.bytes[0] ^= 1;  // of somebody else
  EXPECT_FALSE(is_tried(another, another));
  teller_.endpoint = Endpoint::ipv4({127, 0, 0, 1}, 40003);
  teller_.send_and_prove(teller_.knock());
  EXPECT_TRUE(is_tried(another, another));
  other_.id.bytes[0] ^= 1;
  EXPECT_EQ(told(), std::vector<NodeId>{other_.id});
}

// protocol.md [address-link-local]
TEST_F(AddressesTest, OfALinkAreTriedOnTheLinkOfWhoTellsThem) {
  teller_.join();
  EXPECT_FALSE(is_tried(link_local(9, 0), link_local(9, 0)));
  teller_.endpoint = link_local(1, 4);
  teller_.send_and_prove(teller_.knock());
  EXPECT_TRUE(is_tried(link_local(9, 0), link_local(9, 4)));
}

// protocol.md [peers-hint]
TEST_F(AddressesTest, MakeNobodyKnownAndMoveNobody) {
  teller_.join();
  const Endpoint elsewhere = Endpoint::ipv4({10, 0, 9, 9}, 9);
  EXPECT_TRUE(is_tried(elsewhere, elsewhere));
  EXPECT_EQ(other_.seen(), nullptr);
  other_.join();
  EXPECT_FALSE(is_tried(Endpoint::ipv4({10, 0, 9, 8}, 9), Endpoint::ipv4({10, 0, 9, 8}, 9)));
  EXPECT_EQ(other_.seen()->path.endpoint, other_.endpoint);
}

}  // namespace
}  // namespace dsn::test
