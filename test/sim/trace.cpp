// SPDX-License-Identifier: Apache-2.0
#include "sim/trace.hpp"

#include <fmt/format.h>

#include "core/session/frame_codec.hpp"
#include "wire/messages.hpp"

namespace dsn::sim {

using namespace core;
using namespace wire;

namespace {

double seconds(Instant now) { return static_cast<double>(now.time_since_epoch().count()) / 1e6; }

const char* name_of(std::uint64_t type) {
  constexpr const char* kNames[] = {
      "?",        "HELLO",    "WELCOME", "MAIL",     "SYN",     "ACK",  "LIST",    "PULL", "DELTA",
      "SNAPSHOT", "MANIFEST", "WANT",    "CHUNK",    "RUMOURS", "LATE", "OWNHEAD", "WHO",  "PEERS",
      "KEY",      "?",        "DATA",    "DATA_ACK", "BYE",     "HEAD", "ORIGIN",  "RUN",  "KNOCK"};
  return type < std::size(kNames) ? kNames[type] : "?";
}

std::string describe(ByteView bytes, bool messages_readable) {
  const std::optional<FrameHeader> header = decode_frame_header(bytes);
  if (!header) return fmt::format("{} bytes, no frame", bytes.size());
  std::string text =
      fmt::format("{} bytes, of {:016x} #{}", bytes.size(), header->sender, header->sequence);
  if (messages_readable) {
    CborReader in(bytes.subspan(header->size()));
    const MessageStart head = decode_message_start(in);
    if (in.ok()) text = fmt::format("{:8} {}", name_of(head.type), text);
  }
  return text;
}

}  // namespace

void trace_to_stdout(Simulation& simulation, bool messages_readable) {
  test::VirtualNetwork& net = simulation.network();
  simulation.trace = [&net](std::string_view what) {
    fmt::print("{:12.6f} *** {}\n", seconds(net.now()), what);
  };
  net.filter = [&net, next = net.filter, messages_readable](std::size_t from, const Endpoint& to,
                                                            ByteView bytes) {
    fmt::print("{:12.6f} {} sends to {}: {}\n", seconds(net.now()), net[from].options.name,
               to == Endpoint{} ? "all" : to.to_string(), describe(bytes, messages_readable));
    return next(from, to, bytes);
  };
  net.arriving = [&net, next = net.arriving, messages_readable](
                     std::size_t to, const Endpoint& from, ByteView bytes) {
    fmt::print("{:12.6f} {} gets from {}: {}\n", seconds(net.now()), net[to].options.name,
               from.to_string(), describe(bytes, messages_readable));
    next(to, from, bytes);
  };
}

}  // namespace dsn::sim
