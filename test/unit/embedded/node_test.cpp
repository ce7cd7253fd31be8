// SPDX-License-Identifier: Apache-2.0
// Nodes in one process, over loopback sockets that the system chooses.
#include "dsn/node.hpp"

#include <gtest/gtest.h>

#include <asio/io_context.hpp>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <thread>

#include "support/temp_dir.hpp"

namespace dsn {
namespace {

using namespace std::chrono_literals;

constexpr const char* kKey = "000102030405060708090a0b0c0d0e0f";

/// What the callbacks of nodes told, from whatever thread.
class Told {
 public:
  void add(const std::string& text) {
    const std::scoped_lock lock(mutex_);
    texts_.push_back(text);
    changed_.notify_all();
  }
  /// Waits until it was told; the limit is for a test that fails.
  bool was(const std::string& text) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 30s,
                             [&] { return std::ranges::find(texts_, text) != texts_.end(); });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> texts_;
};

class NodeTest : public testing::Test {
 protected:
  NodeConfig config(const std::string& name, std::uint16_t of = 0) {
    NodeConfig config;
    config.node_id = name;
    config.port = 0;
    config.network_ip = "127.0.0.1";
    config.aes_key = kKey;
    config.credential_dir = dir_ / name;
    config.more["multicast"] = Value::boolean(false);
    if (of != 0) config.bootstrap_nodes = {{"127.0.0.1", of}};
    return config;
  }
  NodeCallbacks callbacks() {
    NodeCallbacks told;
    told.updated = [this](const Reading& reading) {
      told_.add(reading.node + "/" + reading.key + "=" +
                std::string(reading.value.as_text().value_or("?")));
    };
    told.joined = [this](const std::string& node) { told_.add("joined " + node); };
    told.gone = [this](const std::string& node) { told_.add("gone " + node); };
    return told;
  }

  test::TempDir dir_;
  Told told_;
};

TEST_F(NodeTest, TwoReadEachOtherFromAnyThread) {
  auto attic = Node::start(config("attic"), callbacks());
  ASSERT_TRUE(attic) << attic.error();
  EXPECT_EQ(attic->name(), "attic");
  EXPECT_EQ(attic->id().size(), 32U);
  ASSERT_NE(attic->port(), 0);
  auto barn = Node::start(config("barn", attic->port()));
  ASSERT_TRUE(barn) << barn.error();
  ASSERT_TRUE(barn->set("door", Value::text("open")));
  EXPECT_TRUE(told_.was("joined barn"));
  EXPECT_TRUE(told_.was("barn/door=open"));
  EXPECT_EQ(attic->read("barn", "door")->value, Value::text("open"));
  EXPECT_EQ(attic->nodes().size(), 2U);
  EXPECT_FALSE(attic->read("barn", "none"));
  EXPECT_EQ(*barn->unset({"door"}), 1U);
  barn->leave();
  EXPECT_TRUE(told_.was("gone barn"));
}

TEST_F(NodeTest, MessagesAreAnsweredFromWithinACallback) {
  std::optional<Node> barn;
  NodeCallbacks answering;
  answering.message = [&](const Message& message) {
    if (message.ask.empty()) return told_.add(message.from + ": " + message.name);
    EXPECT_EQ(barn->send(SendRequest{.node = "attic", .name = "x"}).code(), ErrorCode::refused)
        << "it would block the thread that it is on";
    EXPECT_TRUE(barn->reply(message.ask, Value::integer(7)));
  };
  auto attic = Node::start(config("attic"), callbacks());
  ASSERT_TRUE(attic);
  {
    auto started = Node::start(config("barn", attic->port()), answering);
    ASSERT_TRUE(started);
    barn.emplace(std::move(started).value());
  }
  ASSERT_TRUE(told_.was("joined barn"));
  const auto asked = attic->ask({.node = "barn", .name = "height", .timeout = 20s});
  ASSERT_TRUE(asked) << asked.error();
  EXPECT_EQ(asked->reply, Value::integer(7));
  EXPECT_EQ(attic->send(SendRequest{.node = "barn", .name = "bell"})->delivery,
            Delivery::delivered);
  EXPECT_TRUE(told_.was("attic: bell"));
  const auto emitted = attic->emit(SendRequest{.name = "bell"});
  ASSERT_EQ(emitted->size(), 2U);
  EXPECT_EQ((*emitted)[0].delivery, Delivery::nobody_listens) << "attic itself";
  EXPECT_EQ(attic->send(SendRequest{.node = "none", .name = "x"}).code(), ErrorCode::not_found);
  barn.reset();
}

TEST_F(NodeTest, RunsOnTheLoopOfTheCaller) {
  asio::io_context io{1};
  auto attic = Node::start(io, config("attic"), callbacks());
  ASSERT_TRUE(attic);
  ASSERT_TRUE(attic->set("door", Value::text("open")));
  EXPECT_EQ(attic->read("attic", "door")->value, Value::text("open")) << "at once";
  std::optional<Delivery> delivery;
  attic->send(SendRequest{.node = "attic", .name = "x"},
              [&](const Result<SendReport>& report) { delivery = report->delivery; });
  while (!delivery && io.run_one() > 0) {
  }
  EXPECT_EQ(delivery, Delivery::nobody_listens);
  attic->stop();
  io.run();  // nothing keeps it
}

TEST_F(NodeTest, HasItsFolderAloneWhileItRuns) {
  auto attic = Node::start(config("attic"));
  ASSERT_TRUE(attic) << attic.error();
  EXPECT_EQ(Node::start(config("attic")).code(), ErrorCode::refused);
  attic->stop();
  EXPECT_TRUE(Node::start(config("attic")));
}

TEST_F(NodeTest, WhoWaitsIsToldThatTheNodeStops) {
  auto attic = Node::start(config("attic"), callbacks());
  NodeCallbacks deaf;
  deaf.message = [this](const Message&) { told_.add("asked"); };
  auto barn = Node::start(config("barn", attic->port()), deaf);
  ASSERT_TRUE(barn);
  ASSERT_TRUE(told_.was("joined barn"));
  Result<SendReport> answer = SendReport{};
  std::thread waiting([&] { answer = attic->ask({.node = "barn", .name = "x", .timeout = 1h}); });
  EXPECT_TRUE(told_.was("asked"));
  attic->stop();
  waiting.join();
  EXPECT_EQ(answer.code(), ErrorCode::disconnected);
}

TEST_F(NodeTest, ItsConfigurationIsCheckedAsAnAgentsIs) {
  const auto refused = [this](const std::string& key, const Value& value) {
    NodeConfig wrong = config("attic");
    wrong.more[key] = value;
    const auto node = Node::start(wrong);
    EXPECT_EQ(node.code(), ErrorCode::invalid_argument) << key;
    return node ? "" : node.error();
  };
  EXPECT_NE(refused("multicats", Value::boolean(true)).find("did you mean 'multicast'?"),
            std::string::npos);
  EXPECT_NE(refused("sensors", Value::map({}).value()).find("is for dsn-agent"), std::string::npos);
  NodeConfig of_file = config("attic");
  of_file.file = dir_ / "node.yaml";
  std::ofstream(of_file.file) << "node_id: shed\nmulticast: false\n";
  of_file.node_id.clear();
  const auto shed = Node::start(of_file);
  ASSERT_TRUE(shed) << shed.error();
  EXPECT_EQ(shed->name(), "shed");
  EXPECT_EQ(Node::new_key()->size(), 32U);
  EXPECT_NE(*Node::new_key(), *Node::new_key());
}

}  // namespace
}  // namespace dsn
