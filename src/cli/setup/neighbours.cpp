// SPDX-License-Identifier: Apache-2.0
#include "cli/setup/neighbours.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <memory>

#include "base/descriptor.hpp"
#include "base/ports.hpp"
#include "crypto/entropy.hpp"
#include "wire/call.hpp"

namespace dsn::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kListen = std::chrono::seconds(2);
constexpr auto kAgain = std::chrono::milliseconds(500);  // a datagram may be lost
constexpr std::size_t kNeighboursMax = 256;
constexpr std::size_t kShownMax = 4;

struct Link {
  in_addr own;
  in_addr broadcast;
};

std::vector<Link> links() {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(list, &::freeifaddrs);
  std::vector<Link> found;
  for (const ifaddrs* one = list; one != nullptr; one = one->ifa_next) {
    constexpr unsigned kWanted = IFF_UP | IFF_BROADCAST;
    if ((one->ifa_flags & kWanted) != kWanted || one->ifa_addr == nullptr) continue;
    if (one->ifa_addr->sa_family != AF_INET || one->ifa_netmask == nullptr) continue;
    sockaddr_in address{};
    sockaddr_in mask{};
    std::memcpy(&address, one->ifa_addr, sizeof address);
    std::memcpy(&mask, one->ifa_netmask, sizeof mask);
    found.push_back({address.sin_addr, {address.sin_addr.s_addr | ~mask.sin_addr.s_addr}});
  }
  return found;
}

class Crier {
 public:
  Crier() : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    std::array<std::uint8_t, sizeof(std::uint64_t)> random{};
    crypto::random_bytes(random);
    std::memcpy(&neighbours_.nonce, random.data(), random.size());
    const int yes = 1;
    (void)::setsockopt(socket_.get(), SOL_SOCKET, SO_BROADCAST, &yes, sizeof yes);
  }

  Neighbours run() {
    const auto begin = Clock::now();
    auto next_call = begin;
    for (auto now = begin; socket_.is_open() && now < begin + kListen; now = Clock::now()) {
      if (now >= next_call) {
        call();
        next_call = now + kAgain;
      }
      const auto until = std::min(next_call, begin + kListen) - now;
      const auto wait = std::chrono::ceil<std::chrono::milliseconds>(until);
      pollfd ready{socket_.get(), POLLIN, 0};
      if (::poll(&ready, 1, static_cast<int>(wait.count())) > 0) receive();
    }
    std::ranges::sort(neighbours_.found, {}, &Neighbour::address);
    return std::move(neighbours_);
  }

 private:
  void call() {
    const auto datagram = wire::encode_call(neighbours_.nonce);
    for (const Link& link : links_) {
      sockaddr_in to{};
      to.sin_family = AF_INET;
      to.sin_port = htons(kDefaultPort);
      to.sin_addr = link.broadcast;
      sockaddr any{};
      static_assert(sizeof any == sizeof to);
      std::memcpy(&any, &to, sizeof to);
      (void)::sendto(socket_.get(), datagram.data(), datagram.size(), 0, &any, sizeof any);
    }
  }

  void receive() {
    std::array<std::uint8_t, wire::kCallAnswerBytes + 1> buffer{};
    sockaddr from_any{};
    socklen_t size = sizeof from_any;
    const ssize_t count =
        ::recvfrom(socket_.get(), buffer.data(), buffer.size(), 0, &from_any, &size);
    if (count < 0 || neighbours_.found.size() >= kNeighboursMax) return;
    const auto bytes = ByteView(buffer).first(static_cast<std::size_t>(count));
    const auto answer = wire::decode_call_answer(bytes);
    if (!answer || answer->nonce != neighbours_.nonce) return;
    sockaddr_in from{};
    std::memcpy(&from, &from_any, sizeof from);
    char text[INET_ADDRSTRLEN] = "";
    ::inet_ntop(AF_INET, &from.sin_addr, text, sizeof text);
    const auto is_known = [&](const Neighbour& one) { return one.address == text; };
    if (std::ranges::any_of(neighbours_.found, is_known)) return;
    const auto is_own = [&](const Link& link) { return link.own.s_addr == from.sin_addr.s_addr; };
    neighbours_.found.push_back(
        {text, answer->network, answer->name_mark, std::ranges::any_of(links_, is_own)});
  }

  Descriptor socket_;
  const std::vector<Link> links_ = links();
  Neighbours neighbours_;
};

}  // namespace

Neighbours call_neighbours() { return Crier().run(); }

std::string addresses_text(const std::vector<Neighbour>& neighbours) {
  std::string text;
  for (std::size_t i = 0; i < std::min(neighbours.size(), kShownMax); ++i) {
    text += (i > 0 ? ", " : "") + neighbours[i].address;
    if (neighbours[i].is_here) text += " (this machine)";
  }
  if (neighbours.size() <= kShownMax) return text;
  return text + " and " + std::to_string(neighbours.size() - kShownMax) + " more";
}

}  // namespace dsn::cli
