// SPDX-License-Identifier: Apache-2.0
#include "node/drop_warnings.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/duration.hpp"

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
};

constexpr Cause kCauses[] = {
    {core::Counter::drop_not_ours, 5, "not-dsn", "datagrams come that are none of this version",
     "another program uses this port, or an earlier or later version of DSN runs there: install "
     "the same version on all machines"},
    {core::Counter::drop_foreign, 3, "other-network", "frames come that do not open here",
     "the sender has another network key: compare the network id that 'dsn status' shows on both, "
     "and run 'dsn join' on the one that is wrong; or two machines have the same address"},
    {core::Counter::drop_key_epoch, 1, "other-epoch",
     "frames come that are sealed with another epoch of the network key",
     "it has a key that was replaced while it was away, or a later one than this node: run "
     "'dsn key status' here and there; the key file there may have what 'dsn key invite' prints"},
    {core::Counter::drop_old_key, 1, "former-key",
     "a node that is not known here uses a former key of this network",
     "if it is yours, it was set up with an old invite: put what 'dsn key invite' prints here "
     "into its key file; otherwise somebody has an old key, which lets nobody in"},
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
      return fmt::format("{} ({})", peer->name, from.to_string());
    }
  }
  return from.to_string();
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
      if (sender.cause != cause.counter || now - sender.last > kCauseLife) continue;
      senders += fmt::format("{}{} ({})", senders.empty() ? "" : ", ", label_of(node, sender.from),
                             sender.count);
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
