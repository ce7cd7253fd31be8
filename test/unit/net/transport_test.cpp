// SPDX-License-Identifier: Apache-2.0
#include "net/transport.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <asio/io_context.hpp>
#include <cerrno>
#include <chrono>
#include <functional>
#include <map>
#include <string>

#include "net/socket_options.hpp"

namespace dsn::net {
namespace {

// Only a bound on how long a broken test hangs; a good one ends by its condition.
constexpr std::chrono::seconds kPatience{10};

struct Recorder : TransportHandler {
  void handle_datagram(const Received& received) override {
    texts.emplace_back(as_text(received.bytes));
    last_from = received.from;
    last_interface = received.interface_name;
    if (on_datagram) on_datagram();
  }
  void handle_batch_end() override { ++batch_ends; }
  void handle_interfaces_changed() override { ++interface_changes; }

  std::vector<std::string> texts;
  Endpoint last_from;
  std::string last_interface;
  int batch_ends = 0;
  int interface_changes = 0;
  std::function<void()> on_datagram;
};

TransportOptions unicast_only() {
  TransportOptions options;
  options.port = 0;
  options.multicast = false;
  return options;
}

Outgoing to_loopback(std::uint16_t port, std::string_view text) {
  return {.to = Endpoint::ipv4({127, 0, 0, 1}, port), .bytes = as_bytes(text)};
}

class TransportTest : public testing::Test {
 protected:
  bool run_until(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (!condition() && std::chrono::steady_clock::now() < deadline) {
      io_.restart();
      io_.run_one_until(deadline);
    }
    return condition();
  }
  static std::uint64_t count(const Transport& transport, const std::string& name) {
    for (const auto& [key, value] : transport.counters()) {
      if (key == name) return value;
    }
    return 0;
  }

  asio::io_context io_;
  Recorder recorder_;
};

TEST_F(TransportTest, SendsToItselfOnAFreePort) {
  Transport transport(io_, unicast_only(), recorder_);
  ASSERT_TRUE(transport.open());
  ASSERT_NE(transport.port(), 0);
  const Outgoing hello = to_loopback(transport.port(), "hello");
  transport.send({&hello, 1});
  ASSERT_TRUE(run_until([&] { return recorder_.batch_ends == 1; }));
  EXPECT_EQ(recorder_.texts, std::vector<std::string>{"hello"});
  EXPECT_EQ(recorder_.last_from, Endpoint::ipv4({127, 0, 0, 1}, transport.port()));
  EXPECT_EQ(recorder_.last_interface, "lo");
  EXPECT_EQ(count(transport, "datagrams_sent"), 1U);
  EXPECT_EQ(count(transport, "bytes_received"), 5U);
}

TEST_F(TransportTest, SpeaksIpv6OnTheSamePort) {
  Transport transport(io_, unicast_only(), recorder_);
  ASSERT_TRUE(transport.open());
  std::array<std::uint8_t, 16> loopback{};
  loopback[15] = 1;
  const Outgoing hello{.to = Endpoint::ipv6(loopback, transport.port()), .bytes = as_bytes("six")};
  transport.send({&hello, 1});
  if (count(transport, "datagrams_sent") == 0) GTEST_SKIP() << "no IPv6 on this machine";
  ASSERT_TRUE(run_until([&] { return recorder_.batch_ends == 1; }));
  EXPECT_EQ(recorder_.last_from, Endpoint::ipv6(loopback, transport.port()));
}

TEST_F(TransportTest, WhereNobodyListensIsReported) {
  Transport transport(io_, unicast_only(), recorder_);
  ASSERT_TRUE(transport.open());
  OpenedSocket gone = open_unicast_socket(Endpoint::ipv4({127, 0, 0, 1}, 0));
  const Endpoint nobody = local_endpoint(gone.socket.get());
  gone.socket = Descriptor();
  const Outgoing lost = to_loopback(nobody.port, "lost");
  transport.send({&lost, 1});
  const auto report = [&] {
    return transport.counted().reports().latest(nobody, std::chrono::seconds(60));
  };
  ASSERT_TRUE(run_until([&] { return report().has_value(); }));
  EXPECT_EQ(report()->error, ECONNREFUSED);
  EXPECT_EQ(count(transport, "sockets_reopened"), 0U);
  const Outgoing hello = to_loopback(transport.port(), "hello");
  transport.send({&hello, 1});
  EXPECT_TRUE(run_until([&] { return recorder_.batch_ends == 1; }));
}

TEST_F(TransportTest, MoreThanABatchArrivesInOrder) {
  Transport transport(io_, unicast_only(), recorder_);
  ASSERT_TRUE(transport.open());
  std::vector<std::string> texts;
  for (int i = 0; i < 100; ++i) texts.push_back(std::to_string(i));
  std::vector<Outgoing> outgoing;
  for (const std::string& text : texts) outgoing.push_back(to_loopback(transport.port(), text));
  transport.send(outgoing);
  ASSERT_TRUE(run_until([&] { return recorder_.texts.size() == 100; }));
  EXPECT_EQ(recorder_.texts, texts);
  EXPECT_EQ(recorder_.batch_ends, 1);
}

TEST_F(TransportTest, WhatCannotBeSentDoesNotStopTheRest) {
  Transport transport(io_, unicast_only(), recorder_);
  ASSERT_TRUE(transport.open());
  const std::uint16_t port = transport.port();
  const std::string huge(70000, 'x');
  const std::vector<Outgoing> outgoing = {
      to_loopback(port, "first"),
      to_loopback(0, "no port"),
      to_loopback(port, huge),
      {.to = Endpoint::ipv4({240, 0, 0, 1}, port), .bytes = as_bytes("reserved")},
      {.to = Endpoint::ipv4({255, 255, 255, 255}, port), .bytes = as_bytes("broadcast")},
      {.to = Endpoint::ipv4({239, 255, 1, 1}, port), .bytes = as_bytes("group as unicast")},
      {.to = Endpoint::ipv4({0, 0, 0, 0}, port), .bytes = as_bytes("nobody")},
      {.multicast = true, .bytes = as_bytes("no interface is joined")},
      to_loopback(port, "last")};
  transport.send(outgoing);
  ASSERT_TRUE(run_until([&] { return recorder_.texts.size() == 2; }));
  EXPECT_EQ(recorder_.texts, (std::vector<std::string>{"first", "last"}));
  EXPECT_EQ(count(transport, "send_EMSGSIZE"), 1U);
  EXPECT_GE(count(transport, "send_EINVAL"), 1U);
  EXPECT_EQ(count(transport, "sends_refused"), 2U);
  EXPECT_EQ(count(transport, "sends_without_interface"), 1U);
}

TEST_F(TransportTest, TooLongADatagramIsCountedAndDropped) {
  Transport transport(io_, unicast_only(), recorder_);
  ASSERT_TRUE(transport.open());
  const std::string longer(3000, 'x');
  const std::vector<Outgoing> outgoing = {to_loopback(transport.port(), longer),
                                          to_loopback(transport.port(), "")};
  transport.send(outgoing);
  ASSERT_TRUE(run_until([&] { return recorder_.batch_ends == 1; }));
  EXPECT_EQ(recorder_.texts, std::vector<std::string>{""});
  EXPECT_EQ(count(transport, "received_oversize"), 1U);
}

TEST_F(TransportTest, CloseWithinAHandlerEndsTheBatch) {
  Transport transport(io_, unicast_only(), recorder_);
  ASSERT_TRUE(transport.open());
  recorder_.on_datagram = [&] { transport.close(); };
  const std::vector<Outgoing> outgoing(5, to_loopback(transport.port(), "x"));
  transport.send(outgoing);
  ASSERT_TRUE(run_until([&] { return !recorder_.texts.empty(); }));
  io_.restart();
  io_.run();  // returns: nothing is left to wait for
  EXPECT_EQ(recorder_.texts.size(), 1U);
  EXPECT_EQ(recorder_.batch_ends, 0);
  transport.send(outgoing);  // ignored
}

TEST_F(TransportTest, HandlersThatAreQueuedDoNotOutliveIt) {
  {
    Transport transport(io_, unicast_only(), recorder_);
    ASSERT_TRUE(transport.open());
    const Outgoing hello = to_loopback(transport.port(), "x");
    transport.send({&hello, 1});
  }
  io_.run();
  EXPECT_TRUE(recorder_.texts.empty());
}

TEST_F(TransportTest, DefaultPortIsOnlyAWish) {
  Transport first(io_, unicast_only(), recorder_);
  ASSERT_TRUE(first.open());
  TransportOptions options;
  options.multicast = false;
  options.default_port = first.port();
  Transport second(io_, options, recorder_);
  ASSERT_TRUE(second.open());
  EXPECT_NE(second.port(), first.port());
  EXPECT_NE(second.port(), 0);
  const std::string wanted = std::to_string(first.port());
  const std::string problem = second.port_problem();
  EXPECT_TRUE(problem.starts_with("UDP port " + wanted + " is taken by unit-net (process " +
                                  std::to_string(::getpid()) + ")"))
      << problem;
  EXPECT_NE(problem.find(" uses " + std::to_string(second.port()) + " "), std::string::npos);
  EXPECT_EQ(first.port_problem(), "");
}

TEST_F(TransportTest, TheDefaultPortIsTakenBackWhenItIsFree) {
  Transport first(io_, unicast_only(), recorder_);
  ASSERT_TRUE(first.open());
  TransportOptions options;
  options.multicast = false;
  options.default_port = first.port();
  Transport second(io_, options, recorder_);
  ASSERT_TRUE(second.open());
  EXPECT_FALSE(second.take_default_port());
  first.close();
  ASSERT_TRUE(second.take_default_port());
  EXPECT_EQ(second.port(), options.default_port);
  EXPECT_EQ(second.port_problem(), "");
  EXPECT_FALSE(second.take_default_port()) << "it has it";
  const Outgoing hello = to_loopback(second.port(), "hello");
  second.send({&hello, 1});
  EXPECT_TRUE(run_until([&] { return recorder_.texts == std::vector<std::string>{"hello"}; }));
}

// One family alone would leave this node deaf in the other, and nobody would know.
TEST_F(TransportTest, ConfiguredPortThatIsTakenInOneFamilyIsAnError) {
  for (const Endpoint& taken : {Endpoint::ipv4({}, 0), Endpoint::ipv6({}, 0)}) {
    const OpenedSocket other = open_unicast_socket(taken);
    if (!other.socket.is_open()) GTEST_SKIP() << "no IPv6 on this machine";
    TransportOptions options = unicast_only();
    options.port = local_endpoint(other.socket.get()).port;
    Transport transport(io_, options, recorder_);
    const Result<void> opened = transport.open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error(), "cannot open UDP port " + std::to_string(*options.port) +
                                  ": unit-net (process " + std::to_string(::getpid()) +
                                  ") has it; choose another `port`, or 0 for any");
  }
}

TEST_F(TransportTest, ConfiguredPortThatIsTakenIsAnError) {
  Transport first(io_, unicast_only(), recorder_);
  ASSERT_TRUE(first.open());
  TransportOptions options = unicast_only();
  options.port = first.port();
  Transport second(io_, options, recorder_);
  const Result<void> opened = second.open();
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().find(" has it; choose another"), std::string::npos) << opened.error();
}

TEST_F(TransportTest, ThePortOfTheGroupsIsRefused) {
  TransportOptions options;
  options.port = 17374;
  options.group_ipv4 = Endpoint::ipv4({239, 255, 1, 1}, 17374);
  Transport transport(io_, options, recorder_);
  EXPECT_FALSE(transport.open());
}

TEST_F(TransportTest, NetworkIpChoosesOneAddress) {
  TransportOptions options = unicast_only();
  options.network_ip = "127.0.0.1";
  Transport transport(io_, options, recorder_);
  ASSERT_TRUE(transport.open());
  const std::vector<Outgoing> outgoing = {
      {.to = Endpoint::ipv4({127, 0, 0, 2}, transport.port()), .bytes = as_bytes("not bound")},
      to_loopback(transport.port(), "bound")};
  transport.send(outgoing);
  ASSERT_TRUE(run_until([&] { return recorder_.batch_ends == 1; }));
  EXPECT_EQ(recorder_.texts, std::vector<std::string>{"bound"});
  for (const InterfaceStatus& interface : transport.interfaces()) {
    EXPECT_EQ(interface.left_out.empty(), interface.name == "lo") << interface.name;
  }
}

TEST_F(TransportTest, TakesOtherInterfacesWhileItIsOpen) {
  TransportOptions options = unicast_only();
  options.interfaces = {"lo"};
  Transport transport(io_, options, recorder_);
  ASSERT_TRUE(transport.open());
  const std::uint16_t port = transport.port();
  const auto name = [&] { return transport.interfaces().front().name; };
  EXPECT_EQ(name(), "lo");
  transport.set_interfaces({"none0"});
  EXPECT_EQ(name(), "none0");
  EXPECT_EQ(recorder_.interface_changes, 1);
  transport.set_interfaces({"none0"});
  EXPECT_EQ(recorder_.interface_changes, 1);
  transport.set_interfaces({"l*"});
  EXPECT_EQ(name(), "lo");
  EXPECT_EQ(recorder_.interface_changes, 2);
  EXPECT_EQ(transport.port(), port);
}

TEST_F(TransportTest, WrongNetworkIpIsAnErrorThatSaysSo) {
  for (const std::string address : {"192.0.2.1", "eth0", "239.1.1.1", "fe80::1", "1.2.3.4.5"}) {
    TransportOptions options = unicast_only();
    options.network_ip = address;
    Transport transport(io_, options, recorder_);
    const Result<void> opened = transport.open();
    ASSERT_FALSE(opened) << address;
    EXPECT_NE(opened.error().find("network_ip"), std::string::npos) << opened.error();
  }
}

}  // namespace
}  // namespace dsn::net
