// SPDX-License-Identifier: Apache-2.0
// What a hook does: test/integration/agents_hooks.py.
#include "agent/hooks.hpp"

#include <gtest/gtest.h>

#include "config/load.hpp"

namespace dsn::agent {
namespace {

HookSources sources() {
  return {.tell_present = [](const auto&, const auto&) {},
          .reply = [](const auto&, const auto&, const auto&) {}};
}

std::vector<config::HookConfig> commands(const std::string& text) {
  auto loaded = config::load_text("commands: {" + text + "}\n", "agent.yaml");
  EXPECT_TRUE(loaded.errors.empty()) << loaded.errors.front().to_string();
  return loaded.config.commands;
}

Message message_of(const std::string& node, const std::string& name, const std::string& ask = "") {
  return {node, node + "-id", name, Value::integer(7), ask};
}

/// Runs the loop until so many replies came.
template <typename Replies>
void run_until_replies(asio::io_context& io, const Replies& replies, std::size_t count) {
  while (replies.size() < count && io.run_one() > 0) {
  }
  ASSERT_EQ(replies.size(), count);
}

// A member can write ages of more nanoseconds than there are in a timer.
TEST(Hooks, WaitForAReadingThatIsNotLateForCenturiesWithoutWork) {
  asio::io_context io;
  Hooks hooks(io, sources());
  config::HookConfig config;
  config.event = config::HookConfig::Event::late;
  config.key = "*";
  config.command = {"/bin/true"};
  hooks.configure({config}, {});
  Reading reading;
  reading.max_age = std::chrono::milliseconds(std::int64_t{10'000'000'000'000});
  hooks.handle_event({NodeEvent::Kind::updated, "cellar", "c0", "t", reading});
  for (int i = 0; i < 10; ++i) EXPECT_EQ(io.poll_one(), 0U);
}

TEST(Hooks, ACommandIsForThoseThatItNames) {
  using Outcome = wire::DataOutcome;
  asio::io_context io;
  Hooks hooks(io, sources());
  hooks.configure({}, commands("light: {run: /bin/true, from: [station, 'sh*']}"));
  EXPECT_EQ(hooks.handle_message(message_of("attic", "light")).outcome, Outcome::refused);
  EXPECT_EQ(hooks.handle_message(message_of("attic", "door")).outcome, Outcome::nobody_listens);
  EXPECT_EQ(hooks.handle_message(message_of("station", "light")).outcome, Outcome::delivered);
  EXPECT_EQ(hooks.handle_message(message_of("shed", "light")).outcome, Outcome::delivered);
}

TEST(Hooks, ACommandHasOneNameWhateverIsInIt) {
  using Outcome = wire::DataOutcome;
  asio::io_context io;
  Hooks hooks(io, sources());
  hooks.configure({}, commands("'light*': {run: /bin/true}"));
  EXPECT_EQ(hooks.handle_message(message_of("attic", "lights")).outcome, Outcome::nobody_listens);
  EXPECT_EQ(hooks.handle_message(message_of("attic", "light*")).outcome, Outcome::delivered);
}

// Whoever asks as fast as it can has one place in the queue, as everybody else.
TEST(Hooks, OfEachNodeOneCallOfACommandWaits) {
  using Outcome = wire::DataOutcome;
  asio::io_context io;
  Hooks hooks(io, sources());
  hooks.configure({}, commands("light: {run: /bin/true}"));
  EXPECT_EQ(hooks.handle_message(message_of("flood", "light")).outcome, Outcome::delivered);
  EXPECT_EQ(hooks.handle_message(message_of("flood", "light")).outcome, Outcome::busy);
  EXPECT_EQ(hooks.handle_message(message_of("attic", "light")).outcome, Outcome::delivered);
}

TEST(Hooks, ACommandAnswersWithStatusAndOutput) {
  asio::io_context io;
  HookSources with_reply = sources();
  std::vector<std::pair<Value, std::string>> replies;
  with_reply.reply = [&](const std::string& ask, const Value& payload, const std::string& failure) {
    EXPECT_EQ(ask, "1");
    replies.emplace_back(payload, failure);
  };
  Hooks hooks(io, with_reply);
  hooks.configure({}, commands("say: {run: [/bin/sh, -c, 'cat; echo $DSN_MESSAGE $DSN_VALUE "
                               "$DSN_NODE; echo why >&2; exit 3']}, none: {run: /nowhere/none}"));
  hooks.handle_message(message_of("attic", "say", "1"));
  ASSERT_NO_FATAL_FAILURE(run_until_replies(io, replies, 1));
  EXPECT_EQ(replies[0].second, "");
  EXPECT_EQ(replies[0].first.find("status")->as_integer(), 3);
  EXPECT_EQ(replies[0].first.find("output")->as_text(), "7\nsay 7 attic\n");
  EXPECT_EQ(replies[0].first.find("error")->as_text(), "why\n");
  hooks.handle_message(message_of("attic", "none", "1"));
  ASSERT_NO_FATAL_FAILURE(run_until_replies(io, replies, 2));
  EXPECT_EQ(replies[1].second, "/nowhere/none: No such file or directory");
}

TEST(Hooks, AMessageReachesTheHooksThatWantIt) {
  asio::io_context io;
  Hooks hooks(io, sources());
  const auto loaded = config::load_text(
      "hooks: {a: {on_message: {name: 'door*', node: shed}, run: /bin/true}, "
      "b: {on_message: {}, run: /bin/true}}\n",
      "agent.yaml");
  ASSERT_TRUE(loaded.errors.empty());
  hooks.configure(loaded.config.hooks, {});
  EXPECT_EQ(hooks.handle_message(message_of("shed", "doorbell")).listeners, 2U);
  EXPECT_EQ(hooks.handle_message(message_of("attic", "doorbell")).listeners, 1U);
  EXPECT_EQ(hooks.handle_message(message_of("shed", "light")).listeners, 1U);
}

}  // namespace
}  // namespace dsn::agent
