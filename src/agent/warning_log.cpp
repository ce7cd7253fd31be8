// SPDX-License-Identifier: Apache-2.0
#include "agent/warning_log.hpp"

#include "agent/log.hpp"
#include "node/clock.hpp"
#include "node/network_warnings.hpp"

namespace dsn::agent {
namespace {

constexpr auto kInterval = std::chrono::seconds(5);
constexpr Duration kAway = 10min;
// Addresses can be made up, so one warning after another may be new.
constexpr std::size_t kSeenMax = 64;

}  // namespace

void WarningLog::start() {
  timer_.expires_after(kInterval);
  timer_.async_wait(alive_.guard(this, &WarningLog::handle_timer));
}

void WarningLog::stop() {
  timer_.cancel();
  alive_.renew();
}

void WarningLog::handle_timer(const std::error_code& error) {
  if (error) return;
  look(node::now());
  node_.set_warnings(static_cast<std::uint32_t>(status_.warnings().size()));
  start();
}

void WarningLog::look(Instant now) {
  std::erase_if(seen_, [&](const auto& one) { return now - one.second > kAway; });
  for (const Warning& warning : node::network_warnings(node_, now)) {
    const auto known = seen_.find({warning.code, warning.about});
    if (known != seen_.end()) {
      known->second = now;
    } else if (seen_.size() < kSeenMax) {
      seen_[{warning.code, warning.about}] = now;
      log_warning("{}; {}", warning.text, warning.advice);
    }
  }
}

}  // namespace dsn::agent
