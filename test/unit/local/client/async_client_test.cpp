// SPDX-License-Identifier: Apache-2.0
#include "dsn/async_client.hpp"

#include "unit/local/server/server_fixture.hpp"

namespace dsn::local {
namespace {

class AsyncClientTest : public ServerTest {
 protected:
  AsyncClient async(ClientCallbacks callbacks = {}) {
    auto opened = AsyncClient::connect(path_, std::move(callbacks));
    EXPECT_TRUE(opened) << opened.error();
    return *std::move(opened);
  }

  /// The loop of a program, until something is so. False if nothing comes for long.
  template <typename Condition>
  static bool turn(AsyncClient& client, Condition is_over) {
    while (!is_over()) {
      const int writes = client.wants_to_write() ? POLLOUT : 0;
      pollfd waiting{client.descriptor(), static_cast<short>(POLLIN | writes), 0};
      const auto left = client.time_left().value_or(kPatience);
      if (::poll(&waiting, 1, static_cast<int>(left.count())) == 0 && left == kPatience) {
        return false;
      }
      client.process();
    }
    return true;
  }
};

TEST_F(AsyncClientTest, RequestsNeedNotWaitForEachOther) {
  on_loop([&] { backend_.readings = {sample_reading("a", Value::real(21.4), "Cel")}; });
  AsyncClient client = async();
  EXPECT_FALSE(client.time_left());
  std::vector<std::string> done;
  client.read({}, [&](const Result<std::vector<Reading>>& readings) {
    ASSERT_TRUE(readings) << readings.error();
    EXPECT_EQ(readings->size(), 1U);
    done.emplace_back("read");
  });
  client.set({{.key = "x", .value = Value()}}, [&](const Result<SetReport>& report) {
    EXPECT_EQ(report->version, 101U);
    done.emplace_back("set");
    client.unset({}, [&](const Result<std::uint64_t>& removed) {
      EXPECT_EQ(removed.code(), ErrorCode::invalid_argument);
      done.emplace_back("unset");
    });
  });
  client.nodes({});
  EXPECT_TRUE(done.empty()) << "a completion came before process()";
  EXPECT_TRUE(client.time_left());
  EXPECT_TRUE(turn(client, [&] { return done.size() == 3; }));
  EXPECT_EQ(done, (std::vector<std::string>{"read", "set", "unset"}));
  EXPECT_FALSE(client.time_left());
  EXPECT_TRUE(client.connected());
}

TEST_F(AsyncClientTest, AnAnswerThatComesLaterHoldsUpNoOther) {
  AsyncClient client = async();
  bool is_sent = false;
  bool has_status = false;
  client.send({.node = "shed", .name = "light"}, [&](const Result<SendReport>& report) {
    EXPECT_EQ(report->listeners, 2U);
    is_sent = true;
  });
  client.status([&](const Result<AgentStatus>& status) { has_status = status.ok(); });
  EXPECT_TRUE(turn(client, [&] { return has_status; }));
  EXPECT_FALSE(is_sent);
  on_loop([&] { backend_.sent.at(0)(SendReport{.node = "shed", .listeners = 2}); });
  EXPECT_TRUE(turn(client, [&] { return is_sent; }));
}

TEST_F(AsyncClientTest, EventsComeBesideAnswers) {
  std::vector<std::string> told;
  AsyncClient client =
      async({.event = [&](const NodeEvent& event) { told.push_back("gone " + event.node); }});
  client.subscribe({}, false, [&](const Result<void>& done) {
    EXPECT_TRUE(done);
    told.emplace_back("subscribed");
  });
  EXPECT_TRUE(turn(client, [&] { return told.size() == 1; }));
  publish(gone("shed"));
  publish(gone("attic"));
  client.status([&](const Result<AgentStatus>&) { told.emplace_back("status"); });
  EXPECT_TRUE(turn(client, [&] { return told.size() == 4; }));
  EXPECT_EQ(told, (std::vector<std::string>{"subscribed", "gone shed", "gone attic", "status"}));
}

TEST_F(AsyncClientTest, ALargeListComesInSteps) {
  on_loop([&] { backend_.big_nodes = 20; });
  AsyncClient client = async();
  std::size_t count = 0;
  std::size_t steps = 0;
  client.read({}, [&](const Result<std::vector<Reading>>& readings) { count = readings->size(); });
  EXPECT_TRUE(turn(client, [&] { return ++steps, count > 0; }));
  EXPECT_EQ(count, 20 * BigBackend::kKeys);
  EXPECT_GT(steps, 10U);
}

TEST_F(AsyncClientTest, AnEndFailsWhatIsUnderWayAndWhatComesAfter) {
  std::vector<ErrorCode> codes;
  std::size_t ends = 0;
  AsyncClient client = async({.ended = [&](const Error& error) {
    EXPECT_EQ(error.code, ErrorCode::disconnected);
    EXPECT_EQ(codes.size(), 2U) << "the end is told last";
    ++ends;
  }});
  client.send({.node = "shed", .name = "light"},
              [&](const Result<SendReport>& report) { codes.push_back(report.code()); });
  client.ask({.node = "shed", .name = "light"},
             [&](const Result<SendReport>& report) { codes.push_back(report.code()); });
  std::size_t sent = 0;
  while (sent < 2) {
    on_loop([&] { sent = backend_.sent.size(); });
  }
  on_loop([&] { server_->close(); });
  EXPECT_TRUE(turn(client, [&] { return ends == 1; }));
  EXPECT_FALSE(client.connected());
  client.status([&](const Result<AgentStatus>& status) { codes.push_back(status.code()); });
  EXPECT_EQ(client.time_left(), milliseconds(0));
  EXPECT_TRUE(turn(client, [&] { return codes.size() == 3; }));
  EXPECT_EQ(codes, (std::vector<ErrorCode>(3, ErrorCode::disconnected)));
  EXPECT_EQ(ends, 1U);
}

TEST_F(AsyncClientTest, AnAgentThatTakesNothingCostsLittle) {
  AsyncClient client = async();
  client.status({});
  std::size_t refused = 0;
  std::size_t made = 0;
  // The agent stands still meanwhile. Nothing is lost of what was not refused.
  on_loop([&] {
    const Value large = Value::text(std::string(10'000, 'x'));
    for (; made < 1000; ++made) {
      client.set({{.key = "x", .value = large}}, [&](const Result<SetReport>& report) {
        if (!report && report.code() == ErrorCode::refused) ++refused;
        --made;
      });
    }
    EXPECT_TRUE(client.wants_to_write());
  });
  EXPECT_TRUE(turn(client, [&] { return made == 0; }));
  EXPECT_GT(refused, 500U);
  EXPECT_LT(refused, 1000U);
  EXPECT_TRUE(client.connected());
}

TEST(AsyncClient, AnAgentThatSaysNothingIsTimedOut) {
  const test::TempDir folder;
  const std::string path = folder / "silent.sock";
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  const Descriptor listener(::socket(AF_UNIX, SOCK_STREAM, 0));
  ASSERT_EQ(::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  ASSERT_EQ(::listen(listener.get(), 1), 0);
  auto client = AsyncClient::connect(path);
  ASSERT_TRUE(client) << client.error();
  ErrorCode code = ErrorCode::failed;
  // It has 5 s more than this.
  client->fetch({.timeout = milliseconds(-4900)},
                [&](const Result<Reading>& reading) { code = reading.code(); });
  EXPECT_GT(*client->time_left(), milliseconds(0));
  while (client->connected()) {
    ::poll(nullptr, 0, static_cast<int>(client->time_left()->count()));
    client->process();
  }
  EXPECT_EQ(code, ErrorCode::timed_out);
}

}  // namespace
}  // namespace dsn::local
