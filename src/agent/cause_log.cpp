// SPDX-License-Identifier: Apache-2.0
#include "agent/cause_log.hpp"

#include <fmt/format.h>

#include "agent/log.hpp"

namespace dsn::agent {
namespace {

struct Cause {
  Counter counter;
  std::uint64_t threshold;  // a single corrupted datagram is not worth a line
  const char* text;
};

constexpr Cause kCauses[] = {
    {Counter::drop_forged, 3,
     "frames do not open: a node with another network key is on this LAN, or they are corrupted"},
    {Counter::drop_key_epoch, 1, "frames are sealed with another epoch of the network key"},
    {Counter::drop_flood, 1,
     "more strangers knock than are looked at: a flood, or a very large "
     "network that starts"},
    {Counter::drop_malformed, 1,
     "a member sends messages that are not of this protocol: is its "
     "program damaged or of a later version?"},
    {Counter::drop_bad_identity, 1, "a member shows a key that does not belong to its id"},
    {Counter::drop_stale_session, 3,
     "a node starts again and again with a run that has passed: "
     "is its disk read-only, or its SD card cloned?"},
    {Counter::drop_table_full, 1, "the network has more nodes than are kept (1024)"},
    {Counter::drop_state_limit, 1, "the state of a node is larger than allowed"},
    {Counter::drop_memory, 1, "no room for the state of another node"},
    {Counter::drop_answer_limit, 1, "a member asks more than is answered"},
    {Counter::seal_failed, 1, "the cryptographic library fails"},
};

}  // namespace

void CauseLog::look(const Counters& counters) {
  for (std::size_t i = 0; i < std::size(kCauses); ++i) {
    const Cause& cause = kCauses[i];
    if ((warned_ >> i & 1) != 0 || counters[cause.counter] < cause.threshold) continue;
    warned_ |= std::uint32_t{1} << i;
    log_warning("{} (see: dsn status)", cause.text);
  }
}

std::vector<std::string> CauseLog::warnings(const Counters& counters) const {
  std::vector<std::string> warnings;
  for (std::size_t i = 0; i < std::size(kCauses); ++i) {
    if ((warned_ >> i & 1) == 0) continue;
    warnings.push_back(fmt::format("{} ({} times)", kCauses[i].text, counters[kCauses[i].counter]));
  }
  return warnings;
}

}  // namespace dsn::agent
