// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/puppet.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

TEST(Scenario, ANodeOfALaterVersionIsUnderstood) {
  VirtualNetwork net;
  const auto a = net.add("attic");
  Puppet later(net, a, 1);
  later.join();
  ASSERT_EQ(later.seen()->life.state, PeerState::live);
  later.say([](CborWriter& out) {
    out.array(3);  // a message that nobody knows yet
    out.uint(63);
    out.map(0);
    out.null();
    out.array(10);  // MAIL, with one element more
    for (const std::uint64_t element : {3, 1}) out.uint(element);
    out.map(1);
    out.text("door");
    out.array(12);  // an entry, with two elements more
    for (const std::uint64_t element : {1, 400, 0}) out.uint(element);
    out.text("");
    out.null();
    out.text("stuck");
    out.array(3);
    out.uint(42);
    out.bytes(Bytes(16));
    out.boolean(false);
    for (int i = 0; i < 3; ++i) out.null();
    out.text("new");
    out.array(0);
    for (const std::uint64_t element : {0, 1}) out.uint(element);
    out.array(0);
    out.null();
    for (const std::uint64_t element : {0, 1}) out.uint(element);
    out.array(1);
    out.null();
  });
  const EntryStore& store = later.seen()->copy.replica.store();
  ASSERT_NE(store.find("door"), nullptr);
  CborReader in(*store.find("door"));
  EXPECT_EQ(decode_entry(in).absent->size, 42U);
  EXPECT_EQ((*store.find("door"))[0], 0x8c) << "what we do not know is kept: roots are over it";
  EXPECT_EQ(net.node(a).counters()[Counter::drop_malformed], 0U);
  EXPECT_EQ(net.node(a).counters()[Counter::drop_unknown_message], 1U);
}

}  // namespace dsn::test
