// SPDX-License-Identifier: Apache-2.0
#include "agent/cause_log.hpp"

#include <fmt/format.h>

#include "agent/log.hpp"

namespace dsn::agent {
namespace {

struct Cause {
  core::Counter counter;
  std::uint64_t threshold;  // logged from this count on: a single corrupted datagram is not
  const char* text;
  bool has_warning = false;  // that names the node, and ends
};

constexpr Cause kCauses[] = {
    {core::Counter::drop_foreign, 3,
     "frames do not open: a node with another network key is on this LAN, or they are corrupted"},
    {core::Counter::drop_key_epoch, 1, "frames are sealed with another epoch of the network key"},
    {core::Counter::drop_flood, 1,
     "more strangers knock than are looked at: a flood, or a very large "
     "network that starts"},
    {core::Counter::drop_malformed, 1,
     "a member sends messages that are not of this protocol: is its "
     "program damaged or of a later version?"},
    {core::Counter::drop_bad_identity, 1, "a member shows a key that does not belong to its id"},
    {core::Counter::drop_table_full, 1, "the network has more nodes than are kept (1024)"},
    {core::Counter::drop_state_limit, 1, "the state of a node is larger than allowed"},
    {core::Counter::drop_memory, 1, "no room for the state of another node", true},
    {core::Counter::drop_answer_limit, 1, "a member asks more than is answered"},
    {core::Counter::seal_failed, 1, "the cryptographic library fails"},
};

}  // namespace

void CauseLog::look(const core::Counters& counters) {
  for (std::size_t i = 0; i < std::size(kCauses); ++i) {
    const Cause& cause = kCauses[i];
    if ((warned_ >> i & 1) != 0 || counters[cause.counter] < cause.threshold) continue;
    warned_ |= std::uint32_t{1} << i;
    log_warning("{} (see: dsn status)", cause.text);
  }
}

std::vector<std::string> CauseLog::warnings(const core::Counters& counters) const {
  std::vector<std::string> warnings;
  for (std::size_t i = 0; i < std::size(kCauses); ++i) {
    if ((warned_ >> i & 1) == 0 || kCauses[i].has_warning) continue;
    warnings.push_back(fmt::format("{} ({} times)", kCauses[i].text, counters[kCauses[i].counter]));
  }
  return warnings;
}

}  // namespace dsn::agent
