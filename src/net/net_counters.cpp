// SPDX-License-Identifier: Apache-2.0
#include "net/net_counters.hpp"

#include <algorithm>
#include <cstring>
#include <span>

namespace dsn::net {
namespace {

const char* call_name(Call call) {
  switch (call) {
    case Call::open:
      return "open";
    case Call::wait:
      return "wait";
    case Call::send:
      return "send";
    case Call::receive:
      return "receive";
    case Call::join:
      return "join";
    case Call::scan:
      return "scan";
  }
  return "call";
}

}  // namespace

void NetCounters::add_error(Call call, int error) {
  for (ErrorCount& known : std::span(errors_).first(error_kinds_)) {
    if (known.call == call && known.error == error) {
      ++known.count;
      return;
    }
  }
  if (error_kinds_ == errors_.size()) {
    ++other_errors_;
    return;
  }
  errors_[error_kinds_++] = {call, error, 1};
}

std::uint64_t NetCounters::error_count(Call call, int error) const {
  for (const ErrorCount& known : std::span(errors_).first(error_kinds_)) {
    if (known.call == call && known.error == error) return known.count;
  }
  return 0;
}

std::vector<std::pair<std::string, std::uint64_t>> NetCounters::list() const {
  std::vector<std::pair<std::string, std::uint64_t>> all = {
      {"datagrams_sent", datagrams_sent},
      {"bytes_sent", bytes_sent},
      {"datagrams_received", datagrams_received},
      {"bytes_received", bytes_received},
      {"received_oversize", received_oversize},
      {"receive_overflows", receive_overflows},
      {"sends_refused", sends_refused},
      {"sends_without_interface", sends_without_interface},
      {"sockets_reopened", sockets_reopened}};
  for (const ErrorCount& known : std::span(errors_).first(error_kinds_)) {
    all.emplace_back(std::string(call_name(known.call)) + '_' + errno_name(known.error),
                     known.count);
  }
  std::sort(all.begin() + 9, all.end());
  if (other_errors_ != 0) all.emplace_back("other_errors", other_errors_);
  return all;
}

std::string errno_name(int error) {
  const char* const name = strerrorname_np(error);
  return name != nullptr ? std::string(name) : "errno_" + std::to_string(error);
}

}  // namespace dsn::net
