// SPDX-License-Identifier: Apache-2.0
#include "node/drop_warnings.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/duration.hpp"
#include "net/socket_address.hpp"

namespace dsn::node {
namespace {

// A cause that was not seen for so long has ended.
constexpr Duration kCauseLife = 5min;

struct Cause {
  core::Counter counter;
  std::uint64_t threshold;  // below it, it may be a corrupted datagram
  const char* code;
  const char* text;
  const char* advice;
  bool other_version = false;  // only datagrams that begin as those of another version do
};

constexpr Cause kCauses[] = {
    {core::Counter::drop_not_ours, 2, "other-version",
     "a node speaks another version of the protocol", "install the same version on all machines",
     true},
    {core::Counter::drop_not_ours, 5, "not-dsn", "datagrams come that are not of DSN",
     "another program sends to this port: end it, or give one of the two another port"},
    {core::Counter::drop_foreign, 3, "other-network", "frames come that do not open here",
     "the sender has another network key: compare the network id that 'dsn status' shows on both, "
     "and run 'dsn join --replace' on the one that is wrong; or two machines have the same "
     "address"},
    {core::Counter::drop_key_epoch, 1, "other-epoch",
     "datagrams come that are of another epoch of the network key, or not of DSN",
     "it has a key that was replaced while it was away, or a later one than this node: run "
     "'dsn key status' here and there, and 'dsn join --replace' on the one that is behind; or end "
     "the "
     "program that sends to this port"},
    {core::Counter::drop_old_key, 1, "former-key",
     "a node that is not known here uses a former key of this network",
     "if it is yours, it was set up with an old invite: run 'dsn join --replace' there, with what "
     "'dsn key invite' prints here; otherwise somebody has an old key, which lets nobody in"},
    {core::Counter::drop_out, 1, "out", "a node that was put out of this network asks to be let in",
     "that does it no good; if it is yours again, give it a new identity (docs/keys.md)"},
    {core::Counter::drop_bad_key, 1, "bad-key",
     "a member hands on a network key that the authority of this network did not sign",
     "install the same version there; if that is done, it is not to be trusted: dsn revoke NODE"},
    {core::Counter::drop_flood, 1, "flood", "more strangers ask to be let in than are looked at",
     "if a large network is starting, it ends by itself; otherwise look at the senders"},
    {core::Counter::drop_malformed, 1, "malformed",
     "a member sends messages that are not of this protocol",
     "its program is damaged, or of another version: install it again"},
    {core::Counter::drop_bad_identity, 1, "bad-identity",
     "a node shows a key or a head that is not its own, or of a later version",
     "install the same version on all machines; if that is done, a member is not to be trusted"},
    {core::Counter::drop_table_full, 1, "too-many-nodes",
     "the network has more nodes than are kept (1024)",
     "take out nodes that are gone: dsn forget NODE"},
    {core::Counter::drop_state_limit, 1, "state-too-large",
     "the state of a node is larger than allowed", "write fewer keys or shorter values there"},
    {core::Counter::drop_answer_limit, 1, "asks-too-much", "a member asks more than is answered",
     "install the same version there; if that is done, it is not to be trusted"},
};

std::string label_of(const core::Node& node, const Endpoint& from) {
  for (const auto& peer : node.peers().all()) {
    if (peer->path.endpoint == from && !peer->name.empty()) {
      return fmt::format("{} ({})", peer->name, net::address_text(from));
    }
  }
  return net::address_text(from);
}

/// protocol.md [other-version]
bool is_of_other_version(std::uint8_t first_byte) { return first_byte >> 4 == 0xd; }

bool belongs_to(const core::DropSender& sender, const Cause& cause) {
  if (sender.cause != cause.counter) return false;
  return sender.cause != core::Counter::drop_not_ours ||
         is_of_other_version(sender.first_byte) == cause.other_version;
}

/// As `10.0.0.7:17373 (12)`, or with the version that it speaks.
std::string sender_text(const core::Node& node, const core::DropSender& sender,
                        const Cause& cause) {
  const std::string version =
      cause.other_version ? fmt::format("version {}, ", sender.first_byte & 0xf) : "";
  return fmt::format("{} ({}{})", label_of(node, sender.from), version, sender.count);
}

std::string ago_text(Duration ago) {
  return rounded_duration_text(std::chrono::milliseconds(to_ms(std::max(ago, Duration(0)))));
}

}  // namespace

std::vector<Warning> drop_warnings(const core::Node& node, Instant now) {
  std::vector<Warning> warnings;
  for (const Cause& cause : kCauses) {
    if (node.counters()[cause.counter] < cause.threshold) continue;
    std::string senders;
    Instant last{};
    for (const core::DropSender& sender : node.drop_senders().all()) {
      if (!belongs_to(sender, cause) || now - sender.last > kCauseLife) continue;
      senders += (senders.empty() ? "" : ", ") + sender_text(node, sender, cause);
      last = std::max(last, sender.last);
    }
    if (senders.empty()) continue;
    warnings.push_back({cause.code, "",
                        fmt::format("{}: from {}; last {} ago, {} in all", cause.text, senders,
                                    ago_text(now - last), node.counters()[cause.counter]),
                        cause.advice});
  }
  return warnings;
}

}  // namespace dsn::node
