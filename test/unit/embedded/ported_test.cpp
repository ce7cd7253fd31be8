// SPDX-License-Identifier: Apache-2.0
// The scenarios that Python DSN and PYDDS test, by the names of their lists, with dsn::Node.
#include "unit/embedded/ported_fixture.hpp"

namespace dsn {
namespace {

// ---- Python DSN

TEST_F(Ported, Single) {
  Node& node = start("one");
  ASSERT_TRUE(node.set("foo", Value::text("bar")));
  EXPECT_EQ(read(node, "one", "foo"), "bar");
  EXPECT_EQ(peers(node), std::vector<std::string>{"one"});
}

TEST_F(Ported, Double) {
  Node& bootstrap = start("bootstrap");
  Node& connector = start("connector", {bootstrap.port()});
  EXPECT_TRUE(meet({&bootstrap, &connector}));
  EXPECT_EQ(peers(connector), (std::vector<std::string>{"bootstrap", "connector"}));
}

TEST_F(Ported, Ten) {
  std::vector<Node*> nodes = {&start("node-0")};
  for (int i = 1; i < 10; ++i) {
    nodes.push_back(&start("node-" + std::to_string(i), {nodes.front()->port()}));
  }
  EXPECT_TRUE(meet(nodes));
  ASSERT_TRUE(nodes.back()->set("foo", Value::text("bar")));
  for (Node* node : nodes)
    EXPECT_TRUE(comes([&] { return read(*node, "node-9", "foo") == "bar"; }));
}

TEST_F(Ported, SeveralBootstraps) {
  const Stranger silent;
  Node& first = start("first");
  Node& second = start("second", {first.port()});
  Node& third = start("third", {silent.port(), second.port()});
  EXPECT_TRUE(meet({&first, &second, &third}));
}

TEST_F(Ported, Reconnect) {
  Node& bootstrap = start("bootstrap");
  Node& connector = start("connector", {bootstrap.port()});
  EXPECT_TRUE(meet({&bootstrap, &connector}));
  const std::string id = connector.id();
  connector.stop();
  EXPECT_TRUE(comes([&] { return peers(bootstrap).size() == 1; }));
  Node& again = start("connector", {bootstrap.port()});
  EXPECT_EQ(again.id(), id);
  EXPECT_TRUE(meet({&bootstrap, &again}));
}

TEST_F(Ported, Churn) {
  Node& stays = start("stays");
  for (int round = 0; round < 3; ++round) {
    std::vector<Node*> nodes = {&stays};
    for (int i = 0; i < 3; ++i) {
      nodes.push_back(&start("guest-" + std::to_string(i), {stays.port()}));
    }
    EXPECT_TRUE(meet(nodes));
    for (std::size_t i = 1; i < nodes.size(); ++i) nodes[i]->leave();
    EXPECT_TRUE(comes([&] { return peers(stays).size() == 1; }));
  }
}

TEST_F(Ported, StateBothWays) {
  Node& bootstrap = start("bootstrap");
  ASSERT_TRUE(bootstrap.set("early", Value::text("before they meet")));
  Node& connector = start("connector", {bootstrap.port()});
  ASSERT_TRUE(connector.set("foo", Value::text("there")));
  EXPECT_TRUE(comes([&] { return read(bootstrap, "connector", "foo") == "there"; }));
  EXPECT_TRUE(comes([&] { return read(connector, "bootstrap", "early") == "before they meet"; }));
  EXPECT_EQ(read(connector, "bootstrap", "foo"), "");
}

TEST_F(Ported, BadKey) {
  Node& bootstrap = start("bootstrap");
  NodeConfig other = config("other", {bootstrap.port()});
  other.aes_key = kOtherKey;
  Node& stranger = start(other);
  Node& connector = start("connector", {bootstrap.port()});
  EXPECT_TRUE(meet({&bootstrap, &connector}));
  EXPECT_EQ(peers(stranger), std::vector<std::string>{"other"});
  NodeConfig wrong = config("wrong");
  wrong.aes_key = "too short";
  EXPECT_EQ(Node::start(wrong).code(), ErrorCode::invalid_argument);
}

TEST_F(Ported, UnauthorisedData) {
  NodeConfig strict = config("strict");
  const Value names[] = {Value::text("friend")};
  strict.more["whitelist_node_ids"] = *Value::array(names);
  Node& bootstrap = start(strict);
  Node& other = start("other", {bootstrap.port()});
  Node& known = start("friend", {bootstrap.port()});
  ASSERT_TRUE(other.set("foo", Value::text("bar")));
  ASSERT_TRUE(known.set("foo", Value::text("bar")));
  EXPECT_TRUE(comes([&] { return read(bootstrap, "friend", "foo") == "bar"; }));
  EXPECT_EQ(peers(bootstrap), (std::vector<std::string>{"friend", "strict"}));
}

TEST_F(Ported, MalformedRequests) {
  Node& bootstrap = start("bootstrap");
  const Stranger stranger;
  for (const std::string datagram : {"", "GET / HTTP/1.1\r\n\r\n", "{}", "\xff\xff\xff\xff"}) {
    stranger.say(bootstrap.port(), datagram);
  }
  for (std::size_t size = 1; size < 1400; size += 7) {
    stranger.say(bootstrap.port(), std::string(size, static_cast<char>(size)));
  }
  Node& connector = start("connector", {bootstrap.port()});
  EXPECT_TRUE(meet({&bootstrap, &connector}));
}

TEST_F(Ported, UpdateForOneself) {
  Node& node = start("one");
  ASSERT_TRUE(node.set("foo", Value::text("bar")));
  EXPECT_TRUE(was_told("one: updated one foo bar"));
}

// What was said once is said again by who heard it, and as a whole.
TEST_F(Ported, UnsignedAndStaleUpdates) {
  Node& bootstrap = start("bootstrap");
  Between between(bootstrap.port());
  Node& connector = start("connector", {between.port()});
  ASSERT_TRUE(connector.set("foo", Value::text("old")));
  EXPECT_TRUE(comes([&] { return read(bootstrap, "connector", "foo") == "old"; }));
  const std::vector<std::string> recorded = between.heard();
  ASSERT_TRUE(connector.set("foo", Value::text("new")));
  EXPECT_TRUE(comes([&] { return read(bootstrap, "connector", "foo") == "new"; }));
  for (std::string datagram : recorded) {
    between.say(datagram);
    datagram.back() = static_cast<char>(datagram.back() ^ 1);
    between.say(datagram);
  }
  ASSERT_TRUE(connector.set("last", Value::text("x")));
  EXPECT_TRUE(comes([&] { return read(bootstrap, "connector", "last") == "x"; }));
  EXPECT_EQ(read(bootstrap, "connector", "foo"), "new");
  EXPECT_EQ(times_told("bootstrap: updated connector foo old"), 1);
}

TEST_F(Ported, UnknownPeer) {
  Node& node = start("one");
  EXPECT_FALSE(node.read("nobody", "foo"));
  EXPECT_FALSE(node.read("one", "nothing"));
  EXPECT_EQ(node.send(SendRequest{.node = "nobody", .name = "hello"}).code(), ErrorCode::not_found);
}

TEST_F(Ported, Wrappers) {
  Node node = std::move(*Node::start(config("one")));
  EXPECT_EQ(node.name(), "one");
  EXPECT_EQ(node.id().size(), 32U);
  node.stop();
  node.stop();
  EXPECT_EQ(Node::new_key()->size(), 32U);
}

TEST_F(Ported, RepeatedUpdates) {
  Node& bootstrap = start("bootstrap");
  Node& connector = start("connector", {bootstrap.port()});
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(connector.set("foo", Value::text(std::to_string(i))));
  EXPECT_TRUE(comes([&] { return read(bootstrap, "connector", "foo") == "99"; }));
}

TEST_F(Ported, Callbacks) {
  Node& bootstrap = start("bootstrap");
  Node& connector = start("connector", {bootstrap.port()});
  EXPECT_TRUE(was_told("bootstrap: joined connector"));
  ASSERT_TRUE(connector.set("foo", Value::text("bar")));
  EXPECT_TRUE(was_told("bootstrap: updated connector foo bar"));
  connector.leave();
  EXPECT_TRUE(was_told("bootstrap: gone connector"));
}

TEST_F(Ported, SendToNode) {
  Node& bootstrap = start("bootstrap");
  Node& connector = start("connector", {bootstrap.port()});
  EXPECT_TRUE(meet({&bootstrap, &connector}));
  const auto sent = connector.send(
      SendRequest{.node = "bootstrap", .name = "hello", .payload = Value::text("there")});
  ASSERT_TRUE(sent) << sent.error();
  EXPECT_EQ(sent->delivery, Delivery::delivered);
  EXPECT_TRUE(was_told("bootstrap: hello connector there"));
}

// ---- PYDDS

TEST_F(Ported, SeveralDatabases) {
  Node& node = start("one");
  ASSERT_TRUE(node.set("users/anna", Value::text("in")));
  ASSERT_TRUE(node.set("rooms/attic", Value::text("cold")));
  EXPECT_EQ(node.read({.database = "users"}).size(), 1U);
  EXPECT_EQ(node.read({.database = "rooms"}).size(), 1U);
  EXPECT_EQ(node.read().size(), 2U);
  EXPECT_EQ(node.read({.node = "o*", .key = "*/attic"}).size(), 1U);
  EXPECT_EQ(node.read({.node = "x*"}).size(), 0U);
  EXPECT_EQ(node.read({.statuses = {Freshness::late}}).size(), 0U);
  EXPECT_EQ(node.read({.states = {NodeState::self}}).size(), 2U);
}

TEST_F(Ported, CreateReadUpdateDelete) {
  Node& writer = start("writer");
  Node& reader = start("reader", {writer.port()});
  ASSERT_TRUE(writer.set("users/anna", Value::text("in")));
  EXPECT_TRUE(comes([&] { return read(reader, "writer", "users/anna") == "in"; }));
  ASSERT_TRUE(writer.set("users/anna", Value::text("out")));
  EXPECT_TRUE(comes([&] { return read(reader, "writer", "users/anna") == "out"; }));
  EXPECT_EQ(*writer.unset({"users/anna"}), 1U);
  EXPECT_TRUE(comes([&] { return !reader.read("writer", "users/anna"); }));
}

class PortedDatabases : public Ported {
 protected:
  /// A node whose database `cache` is as it is said here.
  Node& start_with(const std::string& name, const std::string& key, const Value& value) {
    NodeConfig of = config(name);
    const std::pair<std::string, Value> database[] = {{key, value}};
    const std::pair<std::string, Value> databases[] = {{"cache", *Value::map(database)}};
    of.more["databases"] = *Value::map(databases);
    return start(of);
  }
};

TEST_F(PortedDatabases, OnDemand) {
  Node& owner = start_with("owner", "replicate", Value::text("on_demand"));
  Node& reader = start("reader", {owner.port()});
  const std::string page(15'000, 'x');
  ASSERT_TRUE(owner.set("cache/page", Value::text(page)));
  EXPECT_TRUE(comes([&] { return reader.read("owner", "cache/page").has_value(); }));
  EXPECT_EQ(reader.read("owner", "cache/page")->freshness, Freshness::on_demand);
  const auto fetched = reader.fetch({.node = "owner", .key = "cache/page", .timeout = 60s});
  ASSERT_TRUE(fetched) << fetched.error();
  EXPECT_EQ(text(fetched->value), page);
  EXPECT_EQ(read(reader, "owner", "cache/page"), page) << "it is kept";
}

TEST_F(PortedDatabases, Stale) {
  Node& owner = start_with("owner", "expire", Value::text("1s"));
  Node& reader = start("reader", {owner.port()});
  ASSERT_TRUE(owner.set("cache/page", Value::text("x")));
  EXPECT_TRUE(comes([&] { return read(reader, "owner", "cache/page") == "x"; }));
  EXPECT_TRUE(
      comes([&] { return reader.read("owner", "cache/page")->freshness == Freshness::stale; }));
  const auto touched = reader.fetch({.node = "owner", .key = "cache/page", .timeout = 60s});
  ASSERT_TRUE(touched) << touched.error();
  EXPECT_EQ(text(touched->value), "x");
}

// Theirs carry nothing for others, and so do observers.
TEST_F(Ported, Clients) {
  Node& node = start("node");
  NodeConfig of_client = config("client", {node.port()});
  of_client.more["role"] = Value::text("observer");
  Node& client = start(of_client);
  ASSERT_TRUE(node.set("foo", Value::text("bar")));
  EXPECT_TRUE(comes([&] { return read(client, "node", "foo") == "bar"; }));
  const auto seen = node.nodes();
  const auto at = std::ranges::find(seen, "client", &NodeInfo::name);
  ASSERT_NE(at, seen.end());
  EXPECT_EQ(at->role, NodeRole::observer);
}

// A node beside others that makes something of what they say.
TEST_F(Ported, Modules) {
  Node& sensor = start("sensor");
  NodeConfig of_module = config("doubler", {sensor.port()});
  std::atomic<Node*> module = nullptr;
  NodeCallbacks callbacks;
  callbacks.updated = [&](const Reading& reading) {
    if (reading.key != "number" || module == nullptr) return;
    const double twice = 2 * reading.value.as_number().value_or(0);
    EXPECT_TRUE(module.load()->set("twice", Value::real(twice)));
  };
  auto doubler = Node::start(of_module, std::move(callbacks));
  ASSERT_TRUE(doubler) << doubler.error();
  module = &*doubler;
  double number = 0;
  EXPECT_TRUE(comes([&] {
    EXPECT_TRUE(sensor.set("number", Value::real(++number)));
    const auto twice = sensor.read("doubler", "twice");
    return twice && twice->value.as_number().value_or(0) >= 2;
  }));
  module = nullptr;
  doubler->stop();
}

TEST_F(Ported, Events) {
  Node& one = start("one");
  Node& two = start("two", {one.port()});
  Node& three = start("three", {one.port()});
  EXPECT_TRUE(meet({&one, &two, &three}));
  const auto reports = one.emit(SendRequest{.name = "alarm", .payload = Value::text("fire")});
  ASSERT_TRUE(reports) << reports.error();
  EXPECT_EQ(reports->size(), 3U);
  for (const char* name : {"one", "two", "three"}) {
    EXPECT_TRUE(was_told(std::string(name) + ": alarm one fire"));
  }
  const auto asked = two.ask({.node = "three", .name = "there?", .timeout = 60s});
  ASSERT_TRUE(asked) << asked.error();
  EXPECT_EQ(asked->reply, Value::text("yes, two"));
}

TEST_F(Ported, ClusterOfOne) {
  Node& one = start("one");
  ASSERT_TRUE(one.set("users/anna", Value::text("in")));
  EXPECT_EQ(one.send(SendRequest{.node = "one", .name = "hello"})->delivery, Delivery::delivered);
  EXPECT_TRUE(was_told("one: hello one null"));
  EXPECT_EQ(one.emit(SendRequest{.name = "alarm"})->size(), 1U);
}

TEST_F(Ported, HostPort) {
  NodeConfig by_name = config("by-name", {start("one").port()});
  by_name.bootstrap_nodes.front().address = "localhost";
  Node& node = start(by_name);
  EXPECT_NE(node.port(), 0);
  EXPECT_TRUE(meet({&node, nodes_.at("one").get()}));
}

}  // namespace
}  // namespace dsn
