// SPDX-License-Identifier: Apache-2.0
// A Transport and a Resolver by remote control, for tests on the LAN of lan.py.
//
//   transport_probe '{"port": 0, "interfaces": ["eth*"], ...}'
//
// Commands, a line each, on stdin:      Answers and events, a JSON object each, on stdout:
//   unicast ADDRESS PORT TEXT             {"event": "ready", "port": 40000}
//   multicast TEXT                        {"event": "datagram", "from": "10.77.0.1:40000", "text":
//   ... status                                {"event": "status", "interfaces": [...], "counters":
//   {...}} resolve NAME PORT                     {"event": "resolved", "name": ..., "addresses":
//   [...]} hang_up                               {"event": "interfaces"}
// The end of stdin ends it.
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/read_until.hpp>
#include <asio/streambuf.hpp>
#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "net/resolver.hpp"
#include "net/socket_address.hpp"
#include "net/transport.hpp"

namespace dsn::net {
namespace {

using nlohmann::json;

void print(const json& event) { std::cout << event.dump() << '\n' << std::flush; }

json to_json(const std::vector<InterfaceStatus>& interfaces) {
  json all = json::array();
  for (const InterfaceStatus& one : interfaces) {
    all.push_back({{"name", one.name},
                   {"ipv4", one.ipv4_joined},
                   {"ipv6", one.ipv6_joined},
                   {"problem", one.problem},
                   {"left_out", one.left_out}});
  }
  return all;
}

TransportOptions read_options(const json& given) {
  TransportOptions options;
  if (given.contains("port")) options.port = given["port"].get<std::uint16_t>();
  options.default_port = given.value("default_port", std::uint16_t{0});
  options.network_ip = given.value("network_ip", "");
  options.multicast = given.value("multicast", true);
  options.interfaces = given.value("interfaces", std::vector<std::string>{});
  options.rejoin_interval = std::chrono::milliseconds(given.value("rejoin_interval_ms", 120000));
  const std::uint16_t group_port = given.value("group_port", std::uint16_t{17374});
  options.group_ipv4 = parse_address("239.255.77.1", group_port).value();
  options.group_ipv6 = parse_address("ff12::7701", group_port).value();
  return options;
}

class Probe : public TransportHandler {
 public:
  Probe(asio::io_context& io, const json& options)
      : io_(io),
        transport_(io, read_options(options), *this),
        resolver_(io),
        input_(io, STDIN_FILENO) {}

  int start() {
    if (const Result<void> opened = transport_.open(); !opened) {
      print({{"event", "failed"}, {"error", opened.error()}});
      return 1;
    }
    print({{"event", "ready"},
           {"port", transport_.port()},
           {"interfaces", to_json(transport_.interfaces())}});
    read_line();
    return 0;
  }

  void handle_datagram(const Received& received) override {
    print({{"event", "datagram"},
           {"from", received.from.to_string()},
           {"multicast", received.multicast},
           {"interface", received.interface_name},
           {"text", as_text(received.bytes)}});
  }
  void handle_batch_end() override {}
  void handle_interfaces_changed() override {
    print({{"event", "interfaces"}, {"interfaces", to_json(transport_.interfaces())}});
  }

 private:
  void read_line() {
    asio::async_read_until(input_, line_, '\n', [this](const std::error_code& error, std::size_t) {
      handle_line(error);
    });
  }

  void handle_line(const std::error_code& error) {
    if (error) {
      transport_.close();
      io_.stop();  // an open question to the resolver would keep it running
      return;
    }
    std::istream in(&line_);
    std::string line;
    std::getline(in, line);
    run(line);
    read_line();
  }

  void run(const std::string& line) {
    std::istringstream in(line);
    std::string command;
    std::string host;
    std::uint16_t port = 0;
    std::string text;
    in >> command;
    if (command == "unicast" && in >> host >> port >> text) {
      const std::optional<Endpoint> to = parse_address(host, port);
      if (to) send({.to = *to, .bytes = as_bytes(text)});
    } else if (command == "multicast" && in >> text) {
      send({.multicast = true, .bytes = as_bytes(text)});
    } else if (command == "status") {
      print({{"event", "status"},
             {"interfaces", to_json(transport_.interfaces())},
             {"counters", transport_.counters()}});
    } else if (command == "resolve" && in >> host >> port) {
      resolve(host, port);
    } else if (command == "hang_up") {
      hang_up();
    }
  }

  void send(const Outgoing& datagram) { transport_.send({&datagram, 1}); }

  void resolve(const std::string& name, std::uint16_t port) {
    resolver_.resolve(name, port, [name](Result<std::vector<Endpoint>> found) {
      json event = {{"event", "resolved"}, {"name", name}, {"addresses", json::array()}};
      if (!found) event["error"] = found.error();
      if (found) {
        for (const Endpoint& address : *found) event["addresses"].push_back(address.to_string());
      }
      print(event);
    });
  }

  // Makes every socket of this process dead in the way the kernel can: it reports POLLHUP for ever.
  static void hang_up() {
    for (int fd = 3; fd < 64; ++fd) {
      struct stat status {};
      if (fstat(fd, &status) == 0 && S_ISSOCK(status.st_mode)) {
        static_cast<void>(shutdown(fd, SHUT_RDWR));
      }
    }
  }

  asio::io_context& io_;
  Transport transport_;
  Resolver resolver_;
  asio::posix::stream_descriptor input_;
  asio::streambuf line_;
};

int run_probe(const char* options) {
  asio::io_context io;
  Probe probe(io, json::parse(options));
  if (const int failed = probe.start(); failed != 0) return failed;
  io.run();
  return 0;
}

}  // namespace
}  // namespace dsn::net

int main(int argc, char** argv) { return dsn::net::run_probe(argc > 1 ? argv[1] : "{}"); }
