// SPDX-License-Identifier: Apache-2.0
#include "local/server/turn_queue.hpp"

#include <gtest/gtest.h>

#include <asio/post.hpp>
#include <optional>
#include <string>

namespace dsn::local {
namespace {

TEST(TurnQueue, OthersRunBetweenTwoTurns) {
  asio::io_context io;
  TurnQueue turns(io);
  std::string order;
  turns.add([&] {
    order += 'a';
    asio::post(io, [&order] { order += '.'; });
    turns.add([&order] { order += 'c'; });
  });
  turns.add([&order] { order += 'b'; });
  io.run();
  EXPECT_EQ(order, "a.bc");
}

TEST(TurnQueue, MayEndBeforeItsTurns) {
  asio::io_context io;
  std::optional<TurnQueue> turns(io);
  bool ran = false;
  turns->add([&ran] { ran = true; });
  turns.reset();
  io.run();
  EXPECT_FALSE(ran);
}

}  // namespace
}  // namespace dsn::local
