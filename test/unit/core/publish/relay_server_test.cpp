// SPDX-License-Identifier: Apache-2.0
// States of owners that do not answer: what is handed out of them.
#include <gtest/gtest.h>

#include "core/peers/state_digest.hpp"
#include "core/state/state_root.hpp"
#include "support/puppet.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

namespace {

/// A machine that holds the last state of a dead one.
class RelayServerTest : public testing::Test {
 protected:
  RelayServerTest()
      : relay_(net_.add("attic")), owner_(net_.add("cellar")), asker_(net_, relay_, 1) {
    connect(net_, {&asker_});
    asker_.join();
    std::vector<Write> writes(3);
    for (std::size_t i = 0; i < writes.size(); ++i) {
      writes[i].key = "key" + std::to_string(i);
      writes[i].value = Value::text(std::string(900, 'x'));
    }
    (void)net_.commit(owner_, writes);
    live(20s);
    id_ = net_.node(owner_).self().id();
    net_.kill(owner_);
    live(60s);  // two of three do not answer, so that it takes itself for deaf
    asker_.raw.clear();
  }
  void live(Duration span) {
    for (Duration lived{}; lived < span; lived += 1s) {
      net_.run_for(1s);
      asker_.beat();
    }
  }
  std::vector<MessageType> answers(const std::function<void(CborWriter&)>& question) {
    asker_.raw.clear();
    asker_.say(question);
    std::vector<MessageType> types;
    texts_ = asker_.heard();
    for (const Bytes& text : texts_) {
      CborReader in(text);
      types.push_back(static_cast<MessageType>(decode_message_start(in).type));
    }
    return types;
  }
  std::vector<MessageType> answers_to_pull(const StateVersion& have, const NodeId& origin) {
    return answers([&](CborWriter& out) { encode_pull(out, {have, origin}); });
  }
  std::vector<MessageType> answers_to_want(const StateVersion& of) {
    return answers([&](CborWriter& out) { encode_want(out, {of, {0, 2}, 2, id_}); });
  }
  VirtualNetwork net_;
  std::size_t relay_;
  std::size_t owner_;
  Puppet asker_;
  NodeId id_;
  std::vector<Bytes> texts_;
};

using Types = std::vector<MessageType>;

// protocol.md [relay-answer] [relay-named]
TEST_F(RelayServerTest, AnswersWithHeadAndManifestIfItIsNewer) {
  const Types all{MessageType::origin, MessageType::manifest};
  EXPECT_EQ(answers_to_pull({}, id_), all);
  EXPECT_EQ(answers_to_pull({1, 0}, id_), all);
  EXPECT_EQ(answers_to_pull({1, 1}, id_), Types{MessageType::origin});
  NodeId prefix = id_;
  std::fill(prefix.bytes.begin() + 8, prefix.bytes.end(), std::uint8_t{0});
  EXPECT_EQ(answers_to_pull({}, prefix), all);
  NodeId other = id_;
  other.bytes[15] ^= 1;
  EXPECT_EQ(answers_to_pull({}, other), Types{});
  EXPECT_EQ(answers_to_pull({}, asker_.id), Types{});
}

// protocol.md [relay-chunks]
TEST_F(RelayServerTest, SendsTheChunksOrSaysWhatItHas) {
  EXPECT_EQ(answers_to_want({1, 1}), (Types{MessageType::chunk, MessageType::chunk}));
  EXPECT_EQ(answers_to_want({1, 2}), Types{MessageType::origin});
}

TEST_F(RelayServerTest, EstimatesTheClockOfTheOwner) {
  (void)answers_to_pull({}, id_);
  CborReader in(texts_.at(1));
  const Manifest manifest = decode_manifest(in, decode_message_start(in));
  const Instant begin = net_.node(owner_).self().state().session_start();
  const auto now = static_cast<std::uint64_t>(to_ms(net_.now() - begin));
  EXPECT_LE(manifest.clock_ms, now);
  EXPECT_GE(manifest.clock_ms + 5, now);
}

// protocol.md [digest-lost]
TEST_F(RelayServerTest, NamesTheCheckpointOfALostNodeByTheComplement) {
  const Types types = answers([](CborWriter& out) {
    encode_list(out, {9, false, ~std::uint64_t{0}, {}});
  });
  ASSERT_EQ(types, Types{MessageType::list});
  CborReader in(texts_.at(0));
  const List list = decode_list(in, decode_message_start(in));
  FakeCrypto crypto(1);
  const NetworkKeys keys(crypto, net_[relay_].options.keys.keys.front().key);
  Bytes canonical;
  net_.node(owner_).self().state().store().encode_canonical(canonical);
  const std::uint64_t fingerprint =
      state_fingerprint(keys.sum_key(), id_, {1, 1}, state_root(crypto, canonical));
  CborReader items(list.items.encoded);
  bool found = false;
  for (std::size_t i = 0; i < list.items.count; ++i) {
    const DigestItem item = decode_item(items);
    if (item.origin_prefix != id_.prefix()) continue;
    found = true;
    EXPECT_EQ(item.version, (StateVersion{1, 1}));
    EXPECT_EQ(item.fingerprint, ~fingerprint);
  }
  EXPECT_TRUE(found);
}

}  // namespace
}  // namespace dsn::test
