// SPDX-License-Identifier: Apache-2.0
#include "local/server/server.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "local/server/connection_limits.hpp"
#include "unit/local/server/server_fixture.hpp"

namespace dsn::local {
namespace {

TEST_F(ServerTest, TheClientDoesEverything) {
  on_loop([&] {
    backend_.readings = {sample_reading("a", Value::real(21.4), "Cel")};
    NodeInfo node;
    node.name = "attic";
    backend_.node_list = {node};
    backend_.agent_status.node = "attic";
  });
  Client client = this->client();
  const auto readings = client.read({});
  ASSERT_TRUE(readings) << readings.error();
  ASSERT_EQ(readings->size(), 1U);
  EXPECT_EQ(readings->front().value, Value::real(21.4));
  EXPECT_EQ(client.read({"nobody", {}})->size(), 0U);
  EXPECT_EQ(client.nodes()->front().name, "attic");
  EXPECT_EQ(client.status()->node, "attic");
  EXPECT_EQ(client
                .set({{.key = "x",
                       .value = Value::integer(1),
                       .unit = "m",
                       .max_age = milliseconds(5000)}})
                ->version,
            101U);
  EXPECT_EQ(*client.unset({"x", "y"}), 2U);
  EXPECT_TRUE(client.connected());
}

TEST_F(ServerTest, ARefusalLeavesTheConnectionUsable) {
  on_loop([&] { backend_.refusal = "no"; });
  Client client = this->client();
  const auto refused = client.set({{.key = "x", .value = Value()}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(), "no");
  EXPECT_TRUE(client.connected());
  EXPECT_TRUE(client.read({}));
}

TEST_F(ServerTest, WhatAConnectionHeldIsReleasedWithIt) {
  std::uint64_t holder = 0;
  {
    Client client = this->client();
    ASSERT_TRUE(client.set({{.key = "a", .value = Value(), .hold = true}}));
    on_loop([&] {
      EXPECT_TRUE(backend_.last_set.at(0).hold);
      holder = backend_.last_connection;
      EXPECT_EQ(std::ranges::count(backend_.released, holder), 0);
    });
  }
  while (connections() > 0) {
  }
  on_loop([&] { EXPECT_EQ(std::ranges::count(backend_.released, holder), 1); });
}

TEST_F(ServerTest, EventsReachSubscribersOnly) {
  Client subscriber = client();
  Client other = client();
  ASSERT_TRUE(other.status());
  ASSERT_TRUE(subscriber.subscribe());
  EXPECT_TRUE(subscriber.status()) << "it can go on asking";
  NodeEvent update = gone("attic");
  update.kind = NodeEvent::Kind::updated;
  update.key = "a";
  update.reading = sample_reading("a", Value::boolean(true), "");
  publish(update);
  publish(gone("shed"));
  const auto first = subscriber.next_event(kPatience);
  ASSERT_TRUE(first && *first);
  EXPECT_EQ((*first)->reading->value, Value::boolean(true));
  const auto second = subscriber.next_event(kPatience);
  ASSERT_TRUE(second && *second);
  EXPECT_EQ((*second)->node, "shed");
  const auto none = subscriber.next_event(milliseconds(0));
  ASSERT_TRUE(none);
  EXPECT_FALSE(*none);
  EXPECT_TRUE(other.status());
}

TEST_F(ServerTest, ModulesAreThoseWhoSaidWhoTheyAre) {
  Client silent = client();
  Client thermostat = client();
  ASSERT_TRUE(thermostat.hello("thermostat", "1.2"));
  ASSERT_TRUE(thermostat.subscribe());
  ASSERT_TRUE(thermostat.listen({"heat", "door/*"}));
  SetRequest held;
  held.key = "heat";
  held.hold = true;
  ASSERT_TRUE(thermostat.set({held}));
  Message message;
  message.name = "heat";
  on_loop([&] { EXPECT_EQ(server_->deliver(message), 1U); });
  Client logger = client();
  ASSERT_TRUE(logger.hello("logger"));
  const auto modules = silent.modules();
  ASSERT_TRUE(modules) << modules.error();
  ASSERT_EQ(modules->size(), 2U);
  EXPECT_EQ((*modules)[0].name, "logger");
  EXPECT_FALSE((*modules)[0].subscribed);
  const ModuleInfo& found = (*modules)[1];
  EXPECT_EQ(found.name, "thermostat");
  EXPECT_EQ(found.version, "1.2");
  EXPECT_EQ(found.pid, static_cast<std::uint32_t>(::getpid()));
  EXPECT_EQ(found.uid, ::geteuid());
  EXPECT_TRUE(found.subscribed);
  EXPECT_EQ(found.listens_to, (std::vector<std::string>{"heat", "door/*"}));
  EXPECT_EQ(found.messages, 1U);
  EXPECT_EQ(found.keys_held, 1U);
  EXPECT_EQ(logger.hello("a\nb").code(), ErrorCode::invalid_argument);
  EXPECT_EQ(logger.hello("").code(), ErrorCode::invalid_argument);
  EXPECT_EQ(logger.listen({std::string(257, '*')}).code(), ErrorCode::invalid_argument);
}

TEST_F(ServerTest, ASubscriberGetsWhatItSelectedLast) {
  Client subscriber = client();
  ASSERT_TRUE(subscriber.subscribe({"attic"}));
  publish(gone("shed"));
  publish(gone("attic"));
  ASSERT_TRUE(subscriber.subscribe({"sh*"}));
  publish(gone("attic"));
  publish(gone("shed"));
  for (const char* node : {"attic", "shed"}) {
    const auto event = subscriber.next_event(kPatience);
    ASSERT_TRUE(event && *event);
    EXPECT_EQ((*event)->node, node);
  }
}

TEST_F(ServerTest, MessagesReachThoseWhoListenToTheirNames) {
  Client lights = client();
  Client all = client();
  Client none = client();
  ASSERT_TRUE(lights.listen({"light/*"}));
  ASSERT_TRUE(all.listen({}));
  ASSERT_TRUE(none.status());
  Message message;
  message.from = "attic";
  message.name = "light/kitchen";
  message.payload = Value::integer(1);
  std::size_t listeners = 0;
  on_loop([&] { listeners = server_->deliver(message); });
  EXPECT_EQ(listeners, 2U);
  message.name = "door";
  message.ask = "5";
  on_loop([&] { listeners = server_->deliver(message); });
  EXPECT_EQ(listeners, 1U);
  // What comes while another call waits for its answer is kept.
  ASSERT_TRUE(all.status());
  const auto first = all.next_message(kPatience);
  ASSERT_TRUE(first && *first);
  EXPECT_EQ((*first)->name, "light/kitchen");
  const auto second = all.next_message(kPatience);
  ASSERT_TRUE(second && *second);
  EXPECT_EQ((*second)->ask, "5");
  ASSERT_TRUE(lights.next_message(kPatience)->has_value());
  EXPECT_FALSE(lights.next_message(milliseconds(0))->has_value());
}

// As printf '...' | nc -U does: it sends one request, and no more will come.
TEST_F(ServerTest, AnAnswerThatComesLaterReachesAClientThatSendsNoMore) {
  const Descriptor socket = last_words(
      R"({"jsonrpc":"2.0","id":3,"method":"send","params":{"node":"shed","name":"light"}})");
  Backend::Sent done;
  while (!done) {
    on_loop([&] {
      if (!backend_.sent.empty()) done = backend_.sent.front();
    });
  }
  on_loop([&] { done(SendReport{}); });
  EXPECT_NE(all_of(socket).find(R"("id":3,"result")"), std::string::npos);
}

TEST_F(ServerTest, AnAnswerForAClientThatIsGoneIsDropped) {
  {
    RawConnection connection = raw();
    ASSERT_TRUE(connection.send(
        R"({"jsonrpc":"2.0","id":3,"method":"send","params":{"node":"shed","name":"light"}})",
        kPatience));
    Client other = client();
    ASSERT_TRUE(other.status());
  }
  Client other = client();
  while (connections() > 1) ASSERT_TRUE(other.status());
  on_loop([&] {
    for (const auto& done : backend_.sent) done(SendReport{});
  });
  EXPECT_TRUE(other.status());
}

TEST_F(ServerTest, MalformedLinesAreAnsweredAndTheNextOneServed) {
  RawConnection connection = raw();
  ASSERT_TRUE(connection.send("{oops", kPatience));
  ASSERT_TRUE(connection.send("", kPatience));
  ASSERT_TRUE(connection.send(R"({"jsonrpc":"2.0","id":7,"method":"status"})"
                              "\r",
                              kPatience));
  EXPECT_NE(next_line(connection).find("-32700"), std::string::npos);
  EXPECT_NE(next_line(connection).find(R"("id":7,"result")"), std::string::npos);
  EXPECT_EQ(counters().malformed, 1U);
}

TEST_F(ServerTest, BlankLinesAreNoRequests) {
  RawConnection connection = raw();
  ASSERT_TRUE(connection.send(std::string(2 * kRequestBytesMax, '\n') + " \t \r", kPatience));
  ASSERT_TRUE(connection.send(R"( {"jsonrpc":"2.0","id":7,"method":"status"})", kPatience));
  EXPECT_NE(next_line(connection).find(R"("id":7,"result")"), std::string::npos);
  EXPECT_EQ(counters().requests, 1U);
  EXPECT_EQ(counters().malformed, 0U);
}

TEST_F(ServerTest, ATooLongLineIsAnErrorAndTheEnd) {
  RawConnection connection = raw();
  // The server may close before it took everything, so a failure to send is no surprise.
  (void)connection.send(std::string(kWriteRequestBytesMax, 'x'), kPatience);
  EXPECT_NE(next_line(connection).find("-32002"), std::string::npos);
  EXPECT_FALSE(connection.receive(kPatience));
  EXPECT_EQ(connections(), 0U);
  EXPECT_TRUE(client().status());
}

TEST_F(ServerTest, TheLongestLineIsServed) {
  RawConnection connection = raw();
  std::string line = R"({"jsonrpc":"2.0","id":7,"method":"status"})";
  line.resize(kWriteRequestBytesMax - 1, ' ');
  ASSERT_TRUE(connection.send(line, kPatience));
  EXPECT_NE(next_line(connection).find("\"result\""), std::string::npos);
}

TEST_F(ServerTest, ASubscriberThatDoesNotReadIsDroppedAndTheOthersAreNot) {
  RawConnection lazy = raw();
  ASSERT_TRUE(lazy.send(R"({"jsonrpc":"2.0","id":1,"method":"subscribe"})", kPatience));
  EXPECT_NE(next_line(lazy).find("subscribed"), std::string::npos);
  NodeEvent event = gone("attic");
  event.kind = NodeEvent::Kind::updated;
  event.key = "a";
  event.reading = sample_reading("a", Value::text(std::string(10'000, 'x')), "");
  // The kernel keeps some hundred KiB for it, the server 1 MiB.
  on_loop([&] {
    for (int i = 0; i < 400; ++i) server_->publish(event);
    EXPECT_FALSE(server_->has_subscribers());
  });
  EXPECT_EQ(counters().subscribers_dropped, 1U);
  EXPECT_TRUE(client().status());
}

TEST_F(ServerTest, PipelinedRequestsAreAllAnsweredInOrder) {
  on_loop([&] {
    // Answers so large that they fill the kernel's buffers many times over.
    backend_.readings.assign(100, sample_reading("a", Value::text(std::string(1000, 'x')), ""));
  });
  RawConnection connection = raw();
  std::string requests;
  constexpr int kRequests = 50;
  for (int i = 0; i < kRequests; ++i) {
    requests += R"({"jsonrpc":"2.0","id":)" + std::to_string(i) +
                R"(,"method":"read"})"
                "\n";
  }
  ASSERT_TRUE(connection.send(requests, kPatience));
  for (int i = 0; i < kRequests; ++i) {
    const std::string line = next_line(connection);
    EXPECT_TRUE(line.starts_with(R"({"jsonrpc":"2.0","id":)" + std::to_string(i) + ",")) << i;
  }
}

TEST_F(ServerTest, AClosedSendingSideIsAnsweredAndThenClosed) {
  // Without a line feed, as from printf in a shell.
  const Descriptor socket = last_words(R"({"jsonrpc":"2.0","id":1,"method":"status"})");
  EXPECT_NE(all_of(socket).find("\"result\""), std::string::npos);
}

TEST_F(ServerTest, AUserHasAShareOfTheConnectionsAndRootsAreKept) {
  const uid_t own = ::geteuid();
  std::vector<Client> clients;
  const auto connect_as = [&](uid_t user, std::size_t count) {
    on_loop([&] { user_ = user; });
    for (std::size_t i = 0; i < count; ++i) {
      clients.push_back(client());
      const auto status = clients.back().status();
      ASSERT_TRUE(status) << status.error();
    }
  };
  const auto refused_as = [&](uid_t user) {
    on_loop([&] { user_ = user; });
    const auto status = client().status();
    EXPECT_EQ(status.code(), ErrorCode::refused);
    return status ? std::string() : status.error();
  };
  connect_as(own + 1, 16);
  EXPECT_EQ(refused_as(own + 1),
            *connection_refusal(std::vector<uid_t>(16, own + 1), own + 1, own));
  connect_as(own + 2, 16);
  connect_as(own + 3, 16);
  connect_as(own + 4, 8);
  EXPECT_TRUE(refused_as(own + 4).starts_with("users other than root and the agent's own have 56"));
  connect_as(own, kConnectionsKept);
  EXPECT_TRUE(refused_as(own).starts_with("there are 64 connections"));
  EXPECT_EQ(counters().refused, 3U);
  clients.pop_back();
  // Its end is seen when its handler runs, which may be after the next connection was accepted.
  for (int i = 0; i < 1000 && connections() == kConnectionsMax; ++i) std::this_thread::yield();
  EXPECT_TRUE(client().status());
}

/// A client that asks nothing is disconnected almost at once.
class ImpatientServerTest : public ServerTest {
 protected:
  ImpatientServerTest() : ServerTest(milliseconds(50)) {}
};

TEST_F(ImpatientServerTest, AClientThatNeverAsksIsDisconnectedAndOneThatAskedIsNot) {
  std::optional<RawConnection> asking;
  // The request is there before the connection is accepted.
  on_loop([&] {
    asking = raw();
    ASSERT_TRUE(asking->send(R"({"jsonrpc":"2.0","id":1,"method":"status"})", kPatience));
  });
  EXPECT_NE(next_line(*asking).find("\"result\""), std::string::npos);
  RawConnection silent = raw();
  EXPECT_EQ(silent.receive(kPatience).code(), ErrorCode::disconnected);
  EXPECT_TRUE(asking->send(R"({"jsonrpc":"2.0","id":2,"method":"status"})", kPatience));
  EXPECT_NE(next_line(*asking).find("\"id\":2"), std::string::npos);
}

TEST_F(ServerTest, CloseEndsConnectionsAndRemovesTheFile) {
  Client client = this->client();
  ASSERT_TRUE(client.subscribe());
  on_loop([&] { server_->close(); });
  EXPECT_FALSE(client.next_event(kPatience));
  EXPECT_FALSE(client.connected());
  EXPECT_EQ(identity_of(path_), FileIdentity{});
  EXPECT_FALSE(Client::connect(path_));
  // And it can start over.
  on_loop([&] { EXPECT_TRUE(server_->listen(path_)); });
  EXPECT_TRUE(this->client().status());
}

TEST_F(ServerTest, ASecondAgentIsRefusedAndASuccessorsFileIsKept) {
  asio::io_context other_io;
  Server other(other_io, backend_);
  const auto refused = other.listen(path_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(), "another agent is running on " + path_);
  // Somebody moved the file away and another agent took the name: it is not ours to remove.
  std::filesystem::rename(path_, path_ + ".old");
  ASSERT_TRUE(other.listen(path_));
  on_loop([&] { server_->close(); });
  EXPECT_NE(identity_of(path_), FileIdentity{});
}

TEST_F(ServerTest, AnErrorOfTheClientHasACode) {
  on_loop([&] { backend_.refusal = "no"; });
  Client client = this->client();
  EXPECT_EQ(client.unset({"x"}).code(), ErrorCode::refused);
  EXPECT_EQ(client.unset({}).code(), ErrorCode::invalid_argument);
  EXPECT_EQ(client.next_event(milliseconds(0)).code(), ErrorCode::invalid_argument);
  EXPECT_TRUE(client.connected());
  on_loop([this] { server_->close(); });
  EXPECT_EQ(client.status().code(), ErrorCode::disconnected);
  EXPECT_EQ(client.nodes().code(), ErrorCode::disconnected);
  EXPECT_FALSE(client.connected());
  EXPECT_EQ(Client::connect(path_).code(), ErrorCode::unreachable);
  EXPECT_EQ(Client::connect("").code(), ErrorCode::invalid_argument);
}

/// While it lives, this process can open no more descriptors.
class NoMoreDescriptors {
 public:
  NoMoreDescriptors() {
    getrlimit(RLIMIT_NOFILE, &before_);
    const Descriptor lowest_free(::dup(STDERR_FILENO));
    const rlimit full{static_cast<rlim_t>(lowest_free.get()), before_.rlim_max};
    EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &full), 0);
  }
  ~NoMoreDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }
  NoMoreDescriptors(const NoMoreDescriptors&) = delete;
  NoMoreDescriptors& operator=(const NoMoreDescriptors&) = delete;

 private:
  rlimit before_{};
};

TEST(Server, WaitsWhenThereAreNoDescriptorsAndServesAfterwards) {
  const test::TempDir folder;
  FakeBackend backend;
  asio::io_context io;
  Server server(io, backend);
  ASSERT_TRUE(server.listen(folder / "agent.sock"));
  const auto waiting = ClientConnection::connect(folder / "agent.sock");
  ASSERT_TRUE(waiting) << waiting.error();
  {
    const NoMoreDescriptors shortage;
    ASSERT_EQ(io.run_one(), 1U);
    std::size_t turns = 0;
    for (int i = 0; i < 10; ++i) turns += io.poll_one();
    EXPECT_EQ(turns, 0U) << "the loop spins";
    EXPECT_EQ(server.connections(), 0U);
  }
  while (server.connections() == 0 && io.run_one() != 0) {
  }
  EXPECT_EQ(server.connections(), 1U);
}

TEST(Client, SaysWhichSocketNobodyAnswersOn) {
  const test::TempDir folder;
  const auto client = Client::connect(folder / "none.sock");
  ASSERT_FALSE(client);
  EXPECT_EQ(client.error(),
            "no agent answers on " + (folder / "none.sock") + ": No such file or directory");
}

}  // namespace
}  // namespace dsn::local
