// SPDX-License-Identifier: Apache-2.0
// Names that are not in /etc/hosts are resolved in test/integration/transport_lan.py: nothing here
// asks a name server.
#include "net/resolver.hpp"

#include <gtest/gtest.h>
#include <netdb.h>

#include <asio/io_context.hpp>
#include <memory>
#include <optional>
#include <set>

namespace dsn::net {
namespace {

using Answer = Result<std::vector<Endpoint>>;

/// A root file system without /etc/hosts, as a bare one from debootstrap, knows no name at all.
bool knows_localhost() {
  addrinfo* found = nullptr;
  const bool known = ::getaddrinfo("localhost", nullptr, nullptr, &found) == 0;
  if (known) ::freeaddrinfo(found);
  return known;
}

TEST(Resolver, AnswersAddressesLaterAndOnTheLoop) {
  asio::io_context io;
  Resolver resolver(io);
  std::vector<std::string> answers;
  for (const char* host : {"192.0.2.7", "::1", "fe80::1%1"}) {
    resolver.resolve(host, 17373, [&](const Answer& answer) {
      ASSERT_TRUE(answer);
      ASSERT_EQ(answer->size(), 1U);
      answers.push_back(answer->front().to_string());
    });
  }
  EXPECT_TRUE(answers.empty());
  io.run();
  EXPECT_EQ(answers,
            (std::vector<std::string>{"192.0.2.7:17373", "[::1]:17373", "[fe80::1%1]:17373"}));
}

TEST(Resolver, ResolvesANameOnceForAllWhoWait) {
  if (!knows_localhost()) GTEST_SKIP() << "this machine cannot resolve localhost";
  asio::io_context io;
  Resolver resolver(io);
  std::set<std::uint16_t> ports;
  for (std::uint16_t port = 1; port <= 3; ++port) {
    resolver.resolve("localhost", port, [&](const Answer& answer) {
      ASSERT_TRUE(answer) << answer.error();
      ASSERT_FALSE(answer->empty());
      EXPECT_EQ(std::set<Endpoint>(answer->begin(), answer->end()).size(), answer->size());
      ports.insert(answer->front().port);
    });
  }
  io.run();  // waits for the thread: an open request is work
  EXPECT_EQ(ports, (std::set<std::uint16_t>{1, 2, 3}));
}

TEST(Resolver, WhatIsNoNameIsAnError) {
  asio::io_context io;
  Resolver resolver(io);
  int errors = 0;
  for (const std::string& host : {std::string(), std::string(300, 'a'), std::string("a\0b", 3)}) {
    resolver.resolve(host, 1, [&](const Answer& answer) { errors += answer.ok() ? 0 : 1; });
  }
  io.run();
  EXPECT_EQ(errors, 3);
}

TEST(Resolver, TooManyAreRefusedAndTheOthersAnswered) {
  if (!knows_localhost()) GTEST_SKIP() << "this machine cannot resolve localhost";
  asio::io_context io;
  Resolver resolver(io);
  int good = 0;
  int refused = 0;
  for (int i = 0; i < 70; ++i) {
    resolver.resolve("localhost", 1,
                     [&](const Answer& answer) { answer.ok() ? ++good : ++refused; });
  }
  io.run();
  EXPECT_EQ(good, 64);
  EXPECT_EQ(refused, 6);
}

TEST(Resolver, MayBeDestroyedWithOpenRequests) {
  asio::io_context io;
  int answers = 0;
  {
    Resolver resolver(io);
    for (const char* host : {"localhost", "192.0.2.1"}) {
      resolver.resolve(host, 1, [&](const Answer&) { ++answers; });
    }
  }
  io.run();
  EXPECT_EQ(answers, 0);
}

TEST(Resolver, MayBeDestroyedByAnAnswer) {
  asio::io_context io;
  auto resolver = std::make_unique<Resolver>(io);
  int answers = 0;
  for (int i = 0; i < 2; ++i) {
    resolver->resolve("localhost", 1, [&](const Answer&) {
      ++answers;
      resolver.reset();
    });
  }
  io.run();
  EXPECT_EQ(answers, 1);
}

}  // namespace
}  // namespace dsn::net
