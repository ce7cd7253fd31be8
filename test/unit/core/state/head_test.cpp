// SPDX-License-Identifier: Apache-2.0
#include "core/state/head.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "support/fake_crypto.hpp"
#include "wire/wire_limits.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

namespace {

constexpr std::string_view kLongestName =
    "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0";
static_assert(kLongestName.size() == kNameBytesMax);

Head some_head() {
  Head head;
  head.network.bytes = {1, 2, 3, 4, 5, 6, 7, 8};
  head.id.bytes[0] = 0xaa;
  head.name = "attic";
  head.version = {3, 1000};
  head.root[15] = 0xbb;
  head.key_count = 20;
  head.state_bytes = 3000;
  head.session = SessionId{0x1122334455667788};
  return head;
}

Bytes encode(const Head& head) {
  Bytes out(kHeadBytesMax);
  out.resize(encode_head(head, std::span<std::uint8_t, kHeadBytesMax>(out)));
  return out;
}

TEST(Head, ReadsBackAsItWasWritten) {
  const Bytes bytes = encode(some_head());
  const auto head = decode_head(bytes);
  ASSERT_TRUE(head);
  EXPECT_EQ(encode(*head), bytes);
  EXPECT_EQ(head->version, some_head().version);
  EXPECT_EQ(head->session, some_head().session);
}

TEST(Head, FitsWithTheLargestNumbers) {
  constexpr auto kHuge = std::numeric_limits<std::uint64_t>::max();
  Head head = some_head();
  head.version = {0xffffffff, kHuge};
  head.key_count = kKeysPerNodeMax;
  head.state_bytes = kStateBytesMax;
  head.session = SessionId{kHuge};
  head.name = kLongestName;
  head.clock_ms = kSessionClockMsMax;
  head.anchor.index = head.flags = kHuge;
  head.key_mark = KeyMark{kHuge};
  const Bytes bytes = encode(head);
  EXPECT_LE(bytes.size(), kHeadBytesMax);
  EXPECT_TRUE(decode_head(bytes));
}

// protocol.md [head-extend]
TEST(Head, AcceptsWhatALaterVersionAppends) {
  Head head = some_head();
  head.key_mark = key_mark(2, 3);
  Bytes bytes = encode(head);
  ASSERT_EQ(bytes[0], 0x8f);  // 15 elements
  bytes[0] = 0x90;
  bytes.push_back(0xf5);
  const auto decoded = decode_head(bytes);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->key_mark, head.key_mark);
}

TEST(Head, SaysItsKeyMarkOnlyIfThereIsOne) {
  const Bytes bytes = encode(some_head());
  EXPECT_EQ(bytes[0], 0x8e);  // 14 elements
  EXPECT_EQ(decode_head(bytes)->key_mark, KeyMark::none);
}

// protocol.md [head-form]
TEST(Head, RefusesWhatIsNoHead) {
  struct Case {
    const char* reason;
    std::function<Bytes()> bytes;
  };
  const auto altered = [](auto change) {
    Head head = some_head();
    change(head);
    return encode(head);
  };
  const std::string long_name(kNameBytesMax + 1, 'n');
  const Case cases[] = {
      {"nothing", [] { return Bytes{}; }},
      {"an incarnation of zero",
       [&] { return altered([](Head& h) { h.version.incarnation = 0; }); }},
      {"more keys than a node may have",
       [&] { return altered([](Head& h) { h.key_count = kKeysPerNodeMax + 1; }); }},
      {"more bytes than a state may have",
       [&] { return altered([](Head& h) { h.state_bytes = kStateBytesMax + 1; }); }},
      {"no name", [&] { return altered([](Head& h) { h.name = ""; }); }},
      {"a name too long", [&] { return altered([&](Head& h) { h.name = long_name; }); }},
      {"a name that commands a terminal",
       [&] { return altered([](Head& h) { h.name = "a\x1b[2J"; }); }},
      {"a name with a DEL", [&] { return altered([](Head& h) { h.name = "a\x7f"; }); }},
      {"a clock beyond all time",
       [&] { return altered([](Head& h) { h.clock_ms = kSessionClockMsMax + 1; }); }},
      {"another format",
       [] {
         Bytes bytes = encode(some_head());
         bytes[1] = 2;
         return bytes;
       }},
      {"an element too few",
       [] {
         Bytes bytes = encode(some_head());
         bytes[0] = 0x8d;
         bytes.pop_back();
         return bytes;
       }},
      {"more bytes than any head",
       [] {
         Bytes bytes = encode(some_head());
         bytes[0] = 0x8f;
         bytes.insert(bytes.end(), {0x58, 0xc8});
         bytes.resize(bytes.size() + 200);
         return bytes;
       }},
      {"something behind it",
       [] {
         Bytes bytes = encode(some_head());
         bytes.push_back(0);
         return bytes;
       }},
  };
  for (const Case& c : cases) EXPECT_FALSE(decode_head(c.bytes())) << c.reason;
  const Bytes whole = encode(some_head());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(decode_head(ByteView(whole).first(size))) << "cut to " << size;
  }
}

TEST(Head, IsSignedByItsOwnerOnly) {
  test::FakeCrypto owner(1);
  test::FakeCrypto other(2);
  Bytes bytes = encode(some_head());
  Signature signature;
  ASSERT_TRUE(sign_head(owner, bytes, signature));
  EXPECT_TRUE(verify_head(other, owner.public_key(), bytes, signature));
  EXPECT_FALSE(verify_head(other, other.public_key(), bytes, signature));
  for (std::uint8_t& byte : bytes) {
    byte ^= 1;
    EXPECT_FALSE(verify_head(other, owner.public_key(), bytes, signature));
    byte ^= 1;
  }
}

}  // namespace
}  // namespace dsn::test
