// SPDX-License-Identifier: Apache-2.0
// Nodes with real sockets on loopback and real files, many in one process.
#include "node/node_runtime.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <asio/post.hpp>
#include <functional>
#include <memory>

#include "base/descriptor.hpp"
#include "crypto/entropy.hpp"
#include "node/clock.hpp"
#include "node/readings_view.hpp"
#include "support/temp_dir.hpp"

namespace dsn::node {

using namespace test;

namespace {

using namespace std::chrono_literals;

struct Heard final : NodeListener {
  void handle_event(const core::CoreEvent& event) override { events.push_back(event.kind); }
  void handle_notice(Notice notice) override { notices.push_back(notice); }
  void handle_counted() override {}
  [[nodiscard]] bool has(Notice notice) const {
    return std::ranges::find(notices, notice) != notices.end();
  }

  std::vector<core::CoreEvent::Kind> events;
  std::vector<Notice> notices;
};

class NodeRuntimeTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(crypto::initialise_crypto()); }

  static NodeSettings settings(const std::string& name) {
    NodeSettings settings;
    settings.name = name;
    settings.port = 0;
    settings.network_ip = "127.0.0.1";
    settings.multicast = false;
    return settings;
  }
  Credentials credentials(const std::string& folder) {
    Result<Credentials> loaded = load_credentials({.folder = dir_.file(folder)});
    EXPECT_TRUE(loaded) << loaded.error();
    Credentials credentials = std::move(loaded).value();
    credentials.network_key = crypto::NetworkAccess();
    return credentials;
  }
  std::unique_ptr<NodeRuntime> node(const NodeSettings& settings, NodeListener& listener) {
    return std::make_unique<NodeRuntime>(io_, settings, credentials(settings.name), listener);
  }
  std::unique_ptr<NodeRuntime> peer_of(const NodeRuntime& other, NodeListener& listener) {
    NodeSettings peer = settings("attic");
    peer.bootstrap_nodes = {{"127.0.0.1", other.port()}};
    return node(peer, listener);
  }

  /// False if it has not come true within the time that a slow machine may need.
  bool run_until(const std::function<bool()>& done) {
    const Instant end = now() + 30s;
    while (!done()) {
      if (now() > end) return false;
      io_.restart();
      (void)io_.run_one_for(1s);
    }
    return true;
  }
  /// Destroys the node when the loop has queued a handler of its timer, which has expired.
  void destroy_when_due(std::unique_ptr<NodeRuntime>& node) {
    const bool is_due = node->core().next_deadline() <= now();
    asio::post(io_, [this, &node, is_due] { is_due ? node.reset() : destroy_when_due(node); });
  }
  /// Whether nothing is left to do for the loop.
  bool runs_out_of_work() {
    io_.restart();
    (void)io_.run_for(30s);
    return io_.stopped();
  }
  static bool sees(const NodeRuntime& node, const std::string& other, const std::string& text) {
    const auto found = list_readings(node.core(), {other, "site"}, now());
    return found.size() == 1 && found[0].value == Value::text(text) &&
           found[0].freshness == Freshness::ok;
  }
  static Result<std::uint64_t> set_site(NodeRuntime& node, const std::string& text) {
    return node.set({{.key = "site", .value = Value::text(text)}});
  }

  TempDir dir_;
  asio::io_context io_{1};
  Heard cellar_hears_;
  Heard attic_hears_;
};

TEST_F(NodeRuntimeTest, AKeyLastsAsLongAsItWasSetFor) {
  const auto cellar = node(settings("cellar"), cellar_hears_);
  cellar->start();
  const auto has = [&](const std::string& key) {
    return cellar->core().self().state().store().find(key) != nullptr;
  };
  ASSERT_TRUE(cellar->set({{.key = "short", .value = Value::integer(1), .ttl = 1ms},
                           {.key = "held", .value = Value::integer(2), .hold = true}},
                          7));
  ASSERT_TRUE(cellar->set({{.key = "other", .value = Value::integer(3), .hold = true}}, 8));
  EXPECT_TRUE(run_until([&] { return !has("short"); }));
  cellar->release(7);
  EXPECT_FALSE(has("held"));
  EXPECT_TRUE(has("other"));
  // Set anew without, it lasts.
  ASSERT_TRUE(cellar->set({{.key = "other", .value = Value::integer(4)}}, 8));
  cellar->release(8);
  EXPECT_TRUE(has("other"));
  EXPECT_FALSE(cellar->set({{.key = "a", .value = Value(), .ttl = 1ms, .keep = true}}));
  EXPECT_FALSE(cellar->set({{.key = "a", .value = Value(), .max_age = 1ms, .keep = true}}));
  cellar->stop(wire::ByeReason::leaving);
}

TEST_F(NodeRuntimeTest, AKeptKeyIsThereAfterARestart) {
  {
    const auto cellar = node(settings("cellar"), cellar_hears_);
    cellar->start();
    ASSERT_TRUE(cellar->set({{.key = "app/\u00e4",
                              .value = Value::integer(5),
                              .unit = "V",
                              .keep = true,
                              .device_class = "voltage",
                              .precision = 2},
                             {.key = "app/b", .value = Value::integer(6), .keep = true},
                             {.key = "gone", .value = Value::integer(7)}}));
    EXPECT_EQ(cellar->unset({"app/b", "none*"}).value(), 1U);
    cellar->stop(wire::ByeReason::restarting);
  }
  const auto again = node(settings("cellar"), cellar_hears_);
  again->start();
  const auto readings = list_readings(again->core(), {}, now());
  ASSERT_EQ(readings.size(), 1U);
  EXPECT_EQ(readings[0].key, "app/\u00e4");
  EXPECT_EQ(readings[0].value, Value::integer(5));
  EXPECT_EQ(readings[0].unit, "V");
  EXPECT_EQ(readings[0].device_class, "voltage");
  EXPECT_EQ(readings[0].precision, 2U);
  EXPECT_EQ(again->unset({"app/*"}).value(), 1U);
  again->stop(wire::ByeReason::leaving);
}

TEST_F(NodeRuntimeTest, AValueMayBeOldAlready) {
  const auto cellar = node(settings("cellar"), cellar_hears_);
  cellar->start();
  const auto shown = [&](std::chrono::milliseconds age) {
    EXPECT_TRUE(cellar->set({{.key = "t", .value = Value(), .max_age = 1h, .age = age}}));
    return list_readings(cellar->core(), {.node = "cellar"}, now() + 1s).at(0);
  };
  EXPECT_EQ(shown(0ms).max_age, std::chrono::milliseconds(1h));
  // It was measured before the node began: its age is that of the node, and it is late in time.
  const Reading old = shown(30min);
  EXPECT_LT(old.age, 10min);
  EXPECT_LE(old.age + 29min, *old.max_age);
  EXPECT_LE(*old.max_age, 31min);
  EXPECT_EQ(shown(2h).freshness, Freshness::late);
  cellar->stop(wire::ByeReason::leaving);
}

TEST_F(NodeRuntimeTest, ADeviceIsShownAsANodeOfItsOwn) {
  const auto cellar = node(settings("cellar"), cellar_hears_);
  cellar->start();
  const auto attic = peer_of(*cellar, attic_hears_);
  attic->start();
  ASSERT_TRUE(cellar->set({{.key = "t", .value = Value::integer(1), .max_age = 1h, .as = "esp1"},
                           {.key = "t", .value = Value::integer(2)}}));
  const auto of = [&](const std::string& name) {
    return list_readings(attic->core(), {.node = name, .key = "t"}, now());
  };
  ASSERT_TRUE(run_until([&] { return of("cellar.esp1").size() == 1; }));
  EXPECT_EQ(of("cellar.esp1")[0].value, Value::integer(1));
  EXPECT_EQ(of("cellar.esp1")[0].node, "cellar.esp1");
  EXPECT_EQ(of("cellar")[0].value, Value::integer(2));
  EXPECT_EQ(list_readings(attic->core(), {.node = "cellar"}, now()).size(), 1U);
  const auto nodes = list_nodes(attic->core(), now());
  ASSERT_EQ(nodes.size(), 3U);
  EXPECT_EQ(nodes[2].name, "cellar.esp1");
  EXPECT_EQ(nodes[2].via, "cellar");
  EXPECT_EQ(nodes[2].keys, 1U);
  const NodeId id = find_nodes(attic->core(), "cellar.esp1", now()).at(0);
  EXPECT_EQ(find_info(attic->core(), id, now())->state, NodeState::live);
  EXPECT_EQ(find_info(attic->core(), id, now() + 2h)->state, NodeState::late);
  EXPECT_EQ(find_info(attic->core(), id, now() + 4h)->state, NodeState::gone);
  EXPECT_EQ(find_reading(attic->core(), id, "t", now())->value, Value::integer(1));
  EXPECT_FALSE(cellar->set({{.key = "@esp1/t", .value = Value()}}));
  EXPECT_FALSE(cellar->set({{.key = "t", .value = Value(), .as = "a..b"}}));
  EXPECT_EQ(cellar->unset({"@esp1/*"}).value(), 1U);
  EXPECT_TRUE(run_until([&] { return of("cellar.esp1").empty(); }));
  attic->stop(wire::ByeReason::leaving);
  cellar->stop(wire::ByeReason::leaving);
}

TEST_F(NodeRuntimeTest, TwoInOneProcessExchangeAKeyAndSayNothing) {
  testing::internal::CaptureStderr();
  const auto cellar = node(settings("cellar"), cellar_hears_);
  cellar->start();
  EXPECT_TRUE(cellar_hears_.has(Notice::online));
  ASSERT_NE(cellar->port(), 0);
  const auto attic = peer_of(*cellar, attic_hears_);
  attic->start();
  ASSERT_TRUE(set_site(*cellar, "Bern"));
  EXPECT_TRUE(run_until([&] { return sees(*attic, "cellar", "Bern"); }));
  ASSERT_TRUE(set_site(*attic, "Chur"));
  EXPECT_TRUE(run_until([&] { return sees(*cellar, "attic", "Chur"); }));
  EXPECT_EQ(count_nodes(attic->core()).live, 1U);
  EXPECT_EQ(cellar->unset({"site", "none"}).value(), 1U);
  attic->stop(wire::ByeReason::leaving);
  EXPECT_TRUE(run_until([&] { return count_nodes(cellar->core()).live == 0; }));
  EXPECT_EQ(cellar_hears_.events.back(), core::CoreEvent::Kind::left);
  cellar->stop(wire::ByeReason::leaving);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST_F(NodeRuntimeTest, LeavesNoWorkToTheLoopWhenItStops) {
  NodeSettings lonely = settings("lonely");
  lonely.bootstrap_nodes = {{"localhost", 9}, {"127.0.0.1", 9}};
  const auto node = this->node(lonely, attic_hears_);
  node->start();
  (void)io_.run_one_for(1s);
  node->stop(wire::ByeReason::restarting);
  EXPECT_TRUE(runs_out_of_work());
}

// The sanitizers see what touches a node that is gone.
TEST_F(NodeRuntimeTest, CanBeDestroyedWhileTheLoopGoesOn) {
  const auto cellar = node(settings("cellar"), cellar_hears_);
  cellar->start();
  for (int handlers = 0; handlers < 12; ++handlers) {
    auto attic = peer_of(*cellar, attic_hears_);
    attic->start();
    for (int i = 0; i < handlers; ++i) {
      io_.restart();
      (void)io_.run_one_for(1s);
    }
    ASSERT_TRUE(set_site(*attic, std::to_string(handlers)));
    destroy_when_due(attic);
    ASSERT_TRUE(run_until([&] { return !attic; }));
    const std::size_t heard = attic_hears_.events.size();
    ASSERT_TRUE(set_site(*cellar, std::to_string(handlers)));
    io_.restart();
    (void)io_.poll();
    EXPECT_EQ(attic_hears_.events.size(), heard);
  }
  // It begins where it was, each time as a later run.
  const auto attic = peer_of(*cellar, attic_hears_);
  EXPECT_EQ(attic->core().self().version().incarnation, 13U);
  attic->start();
  ASSERT_TRUE(set_site(*attic, "Chur"));
  EXPECT_TRUE(run_until([&] { return sees(*cellar, "attic", "Chur"); }));
}

TEST_F(NodeRuntimeTest, SaysThatItsPortIsTakenAndWhy) {
  const Descriptor taken(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(taken.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::getsockname(taken.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
  NodeSettings wants = settings("attic");
  wants.port = ntohs(address.sin_port);
  const auto attic = node(wants, attic_hears_);
  attic->start();
  EXPECT_EQ(attic_hears_.notices, std::vector{Notice::offline});
  EXPECT_NE(attic->network_problem(), "");
  EXPECT_TRUE(set_site(*attic, "Chur")) << "it goes on without a network";
  attic->stop(wire::ByeReason::restarting);
  EXPECT_TRUE(runs_out_of_work());
}

TEST_F(NodeRuntimeTest, SaysThatItsFolderCannotBeWrittenAndGoesOn) {
  Credentials in_memory = credentials("attic");
  in_memory.directory = dir_.file("attic/node.key/no-folder");
  in_memory.kept = false;
  const auto attic =
      std::make_unique<NodeRuntime>(io_, settings("attic"), std::move(in_memory), attic_hears_);
  attic->start();
  EXPECT_EQ(attic_hears_.notices, (std::vector{Notice::not_saved, Notice::online}));
  EXPECT_NE(attic->keeper().problem(), "");
  EXPECT_FALSE(attic->keeper().identity_kept());
  EXPECT_TRUE(set_site(*attic, "Chur"));
}

TEST_F(NodeRuntimeTest, HasItsFolderAloneUntilItStops) {
  const auto attic = node(settings("attic"), attic_hears_);
  attic->start();
  EXPECT_EQ(load_credentials({.folder = dir_.file("attic")}).code(), ErrorCode::refused);
  attic->stop(wire::ByeReason::restarting);
  EXPECT_TRUE(load_credentials({.folder = dir_.file("attic")}));
}

TEST_F(NodeRuntimeTest, IsAloneWithoutANetworkKey) {
  Credentials none = credentials("attic");
  none.network_key.reset();
  NodeRuntime attic(io_, settings("attic"), std::move(none), attic_hears_);
  EXPECT_TRUE(attic.local_only());
  attic.start();
  EXPECT_EQ(attic.port(), 0);
  EXPECT_TRUE(attic_hears_.notices.empty());
  ASSERT_TRUE(set_site(attic, "Chur"));
  EXPECT_TRUE(sees(attic, "attic", "Chur"));
}

}  // namespace
}  // namespace dsn::node
