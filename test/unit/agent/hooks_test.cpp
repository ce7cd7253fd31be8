// SPDX-License-Identifier: Apache-2.0
// What a hook does: test/integration/agents_hooks.py.
#include "agent/hooks.hpp"

#include <gtest/gtest.h>

namespace dsn::agent {
namespace {

// A member can write ages of more nanoseconds than there are in a timer.
TEST(Hooks, WaitForAReadingThatIsNotLateForCenturiesWithoutWork) {
  asio::io_context io;
  Hooks hooks(io, {.lookup = [](const auto&, const auto&) { return std::nullopt; },
                   .tell_present = [](const auto&, const auto&) {}});
  config::HookConfig config;
  config.event = config::HookConfig::Event::late;
  config.key = "*";
  config.command = {"/bin/true"};
  hooks.configure({config});
  Reading reading;
  reading.max_age = std::chrono::milliseconds(std::int64_t{10'000'000'000'000});
  hooks.handle_event({NodeEvent::Kind::updated, "cellar", "c0", "t", reading});
  for (int i = 0; i < 10; ++i) EXPECT_EQ(io.poll_one(), 0U);
}

}  // namespace
}  // namespace dsn::agent
