// SPDX-License-Identifier: Apache-2.0
#include "agent/service_status.hpp"

#include <fmt/format.h>

namespace dsn::agent {
namespace {

std::string counted(std::size_t count, const char* noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string sensors_text(const ServiceFacts& facts) {
  std::string wrong;
  if (facts.sensors_late > 0) wrong = fmt::format("{} late", facts.sensors_late);
  if (facts.sensors_failing > 0) {
    wrong += fmt::format("{}{} failing", wrong.empty() ? "" : ", ", facts.sensors_failing);
  }
  const std::string all = counted(facts.sensors, "sensor");
  return wrong.empty() ? all : fmt::format("{} ({})", all, wrong);
}

std::string multicast_text(const std::vector<InterfaceStatus>& interfaces) {
  std::string good;
  std::string bad;
  const bool is_alone = interfaces.size() == 1;
  for (const InterfaceStatus& interface : interfaces) {
    // Nobody asks whether other machines are heard on lo.
    const bool is_loopback = interface.name == "lo" && !is_alone;
    if (!interface.left_out.empty() || is_loopback) continue;
    const bool joined = interface.ipv4_joined || interface.ipv6_joined;
    (joined ? good : bad) += " " + interface.name;
  }
  if (good.empty()) return bad.empty() ? "no network interface" : "no multicast on" + bad;
  return "multicast joined on" + good + (bad.empty() ? "" : ", not on" + bad);
}

}  // namespace

std::string service_status(const ServiceFacts& facts) {
  if (!facts.has_network_key) {
    return fmt::format("no network key: run 'dsn init' or 'dsn join'; {}", sensors_text(facts));
  }
  std::string text = fmt::format("{}, {}", counted(facts.peers, "peer"), sensors_text(facts));
  if (!facts.problem.empty()) return text + ", " + facts.problem;
  if (facts.multicast) text += ", " + multicast_text(facts.interfaces);
  if (facts.warnings > 0) text += ", " + counted(facts.warnings, "warning") + ": see dsn status";
  return text;
}

}  // namespace dsn::agent
