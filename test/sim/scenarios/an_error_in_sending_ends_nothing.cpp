// SPDX-License-Identifier: Apache-2.0
// A passing ENOBUFS ended the loop of another (chitchat#182).
#include <gtest/gtest.h>

#include "support/virtual_network.hpp"

namespace dsn::test {

TEST(Scenario, AnErrorInSendingEndsNothing) {
  VirtualNetwork net;
  for (int i = 0; i < 3; ++i) net.add("node" + std::to_string(i));
  ASSERT_TRUE(net.run_until([&] { return net.in_sync(); }, 5s));
  for (const int error : {EPERM, EINTR, EAGAIN, ENOMEM, EACCES, EINVAL, EMSGSIZE, ENETDOWN,
                          ENETUNREACH, ENOBUFS, EHOSTUNREACH, EIO}) {
    net[0].send_errors.error = error;
    net[0].send_errors.to = net[1].endpoint;
    net[0].send_errors.until = net.now() + 40s;
    net.set(0, "error", Value::integer(error));
    net.run_for(40s);
    EXPECT_TRUE(net.run_until([&] { return net.in_sync(); }, 61s)) << error;
    EXPECT_EQ(net.read(1, 0, "error"), Value::integer(error));
  }
}

}  // namespace dsn::test
