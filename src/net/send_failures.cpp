// SPDX-License-Identifier: Apache-2.0
#include "net/send_failures.hpp"

#include <algorithm>
#include <cerrno>

namespace dsn::net {

void SendFailures::note(const Endpoint& to, int error) {
  const auto now = std::chrono::steady_clock::now();
  const auto known = std::ranges::find_if(failures_, [&](const SendFailure& failure) {
    return failure.to == to && failure.error == error;
  });
  if (known != failures_.end()) {
    ++known->count;
    known->last = now;
  } else if (failures_.size() < kMax) {
    failures_.push_back({to, error, 1, now});
  } else {
    *std::ranges::min_element(failures_, {}, &SendFailure::last) = {to, error, 1, now};
  }
}

void SendFailures::forget(const Endpoint& to) {
  std::erase_if(failures_, [&](const SendFailure& failure) {
    return failure.to == to && failure.error != EMSGSIZE;
  });
}

std::optional<SendFailure> SendFailures::latest(const Endpoint& to,
                                                std::chrono::seconds life) const {
  const auto oldest = std::chrono::steady_clock::now() - life;
  std::optional<SendFailure> found;
  for (const SendFailure& failure : failures_) {
    if (failure.to != to || failure.last < oldest) continue;
    if (!found || failure.last > found->last) found = failure;
  }
  return found;
}

}  // namespace dsn::net
