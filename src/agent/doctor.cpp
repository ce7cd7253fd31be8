// SPDX-License-Identifier: Apache-2.0
#include "agent/doctor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "node/clock.hpp"
#include "node/shown_node.hpp"

namespace dsn::agent {
namespace {

// A multicast arrives within milliseconds, but Wi-Fi keeps it for those that sleep.
constexpr auto kMulticastWait = std::chrono::milliseconds(1500);
constexpr auto kPatience = std::chrono::milliseconds(2000);
// All at once would be a flood.
constexpr std::size_t kAtOnce = 16;
// Bytes of padding, the largest first: IP packets of about 1200, 1000 and 576 bytes.
constexpr std::array<std::size_t, 3> kSizes = {embedded::kProbeBytesMax, 860, 430};
constexpr std::size_t kOtherBytes = 140;  // of the datagram, with its IPv6 header
constexpr std::size_t kNamedMax = 8;
// Of what the network says about an address: nodes that are gone are tried once a minute.
constexpr std::chrono::seconds kReportLife{150};

std::string list(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < kNamedMax; ++i) {
    text += (i == 0 ? "" : ", ") + names[i];
  }
  if (names.size() > kNamedMax) text += fmt::format(" and {} more", names.size() - kNamedMax);
  return text;
}

}  // namespace

Doctor::Doctor(asio::io_context& io, node::NodeRuntime& node, embedded::Courier& courier,
               Warnings warnings)
    : node_(node), courier_(courier), warnings_(std::move(warnings)), timer_(io) {}

void Doctor::examine(Done done) {
  waiting_.push_back(std::move(done));
  if (waiting_.size() > 1) return;
  patients_.clear();
  findings_.clear();
  begun_ = ended_ = 0;
  began_ = node::now();
  const auto links =
      node_.transport() != nullptr ? node_.transport()->links() : std::vector<Prefix>();
  for (const core::Peer* peer : node_.core().peers().members().all()) {
    patients_.push_back({.id = peer->id.hex(),
                         .label = node::shown_peer(node_.core(), *peer, began_).label,
                         .is_on_link = net::is_on_link(links, peer->path.endpoint)});
  }
  if (!patients_.empty()) node_.say_hello();
  node_.call_networks();
  timer_.expires_after(kMulticastWait);
  timer_.async_wait(alive_.guard(this, &Doctor::handle_heard));
}

void Doctor::stop() {
  timer_.cancel();
  alive_.renew();
  waiting_.clear();
}

void Doctor::handle_heard(const std::error_code& error) {
  if (error) return;
  begin_more();
}

// What cannot be asked ends at once, within the call.
void Doctor::begin_more() {
  if (std::exchange(is_beginning_, true)) return;
  while (begun_ < patients_.size() && begun_ - ended_ < kAtOnce) ask_facts(patients_[begun_++]);
  is_beginning_ = false;
  if (ended_ == patients_.size() && !waiting_.empty()) conclude();
}

void Doctor::ask(const Patient& patient, std::string_view name, const Value& payload,
                 std::function<void(const SendReport&)> done) {
  const SendRequest request{
      .node = patient.id, .name = std::string(name), .payload = payload, .timeout = kPatience};
  courier_.send(request, true,
                [done = std::move(done), watch = alive_.watch()](const Result<SendReport>& report) {
                  if (watch.expired()) return;
                  done(report ? *report : SendReport{.delivery = Delivery::unreachable});
                });
}

void Doctor::ask_facts(Patient& patient) {
  ask(patient, embedded::kFactsName, Value(),
      [this, &patient](const SendReport& report) { take_facts(patient, report); });
}

void Doctor::take_facts(Patient& patient, const SendReport& report) {
  const auto facts = report.reply ? embedded::decode_facts(*report.reply) : std::nullopt;
  if (!facts) {
    add(node_.core().self().name(),
        {"no-answer", patient.label, fmt::format("{} does not answer questions", patient.label),
         "it is overloaded or stopped, or its link is bad; look at 'dsn nodes', and at its log"});
    return end_one();
  }
  patient.answered = true;
  for (const Warning& warning : facts->warnings) add(patient.label, warning);
  const auto since = std::chrono::milliseconds(to_ms(node::now() - began_));
  patient.heard_us = facts->multicast_ago && *facts->multicast_ago <= since;
  probe(patient, Direction::out, 0);
}

void Doctor::probe(Patient& patient, Direction direction, std::size_t size_index) {
  const std::size_t size = kSizes[size_index];
  const Value question = direction == Direction::out ? embedded::encode_probe(size, 1)
                                                     : embedded::encode_probe(1, size);
  ask(patient, embedded::kProbeName, question,
      [this, &patient, direction, size_index](const SendReport& report) {
        take_probe(patient, direction, size_index, report.reply.has_value());
      });
}

void Doctor::take_probe(Patient& patient, Direction direction, std::size_t size_index,
                        bool passed) {
  if (!passed && size_index + 1 < kSizes.size()) return probe(patient, direction, size_index + 1);
  if (size_index > 0 || !passed) {
    const std::string way = direction == Direction::out
                                ? fmt::format("from here to {}", patient.label)
                                : fmt::format("from {} to here", patient.label);
    const std::size_t lost = kSizes[passed ? size_index - 1 : size_index] + kOtherBytes;
    add(node_.core().self().name(),
        {"large-lost", patient.label, fmt::format("datagrams of {} bytes are lost {}", lost, way),
         "a router, tunnel or access point on the way takes only smaller ones (MTU)"});
  }
  if (direction == Direction::out) return probe(patient, Direction::back, 0);
  end_one();
}

void Doctor::end_one() {
  ++ended_;
  begin_more();
}

void Doctor::conclude() {
  for (const Warning& warning : warnings_()) add(node_.core().self().name(), warning);
  judge_presence();
  judge_multicast();
  Examination result;
  result.answered = 1 + static_cast<std::uint32_t>(std::ranges::count_if(
                            patients_, [](const Patient& patient) { return patient.answered; }));
  result.absent = absent();
  result.nodes = static_cast<std::uint32_t>(1 + patients_.size() + result.absent.size());
  for (auto& [key, finding] : findings_) result.findings.push_back(std::move(finding));
  for (const Done& done : std::exchange(waiting_, {})) done(result);
}

std::vector<AbsentNode> Doctor::absent() const {
  const Instant now = node::now();
  std::vector<AbsentNode> all;
  for (const auto& peer : node_.core().peers().all()) {
    const node::ShownNode shown = node::shown_peer(node_.core(), *peer, now);
    const bool was_asked = std::ranges::any_of(
        patients_, [&](const Patient& patient) { return patient.id == shown.id.hex(); });
    if (was_asked || shown.state == NodeState::left || shown.state == NodeState::live) continue;
    all.push_back({shown.label, shown.state});
  }
  for (const node::ShownNode& shown : node::shown_expected(node_.core(), now)) {
    all.push_back({shown.label, shown.state});
  }
  std::ranges::sort(all, {}, &AbsentNode::node);
  return all;
}

void Doctor::judge_presence() {
  const Instant now = node::now();
  const std::string& self = node_.core().self().name();
  for (const auto& peer : node_.core().peers().all()) {
    const node::ShownNode shown = node::shown_peer(node_.core(), *peer, now);
    if (shown.state == NodeState::gone) {
      judge_gone(shown, report_of(peer->path.last()));
    } else if (shown.via.starts_with("via ")) {
      add(self,
          {"not-direct", shown.label, fmt::format("{} is heard only {}", shown.label, shown.via),
           "nothing passes between it and this node: client isolation of an access point, "
           "macvlan, a firewall, or another subnet"});
    }
  }
  for (const node::ShownNode& shown : node::shown_expected(node_.core(), now)) {
    if (shown.state == NodeState::gone) judge_gone(shown, "");
  }
}

void Doctor::judge_gone(const node::ShownNode& shown, const std::string& report) {
  add(node_.core().self().name(),
      {"node-gone", shown.label, fmt::format("{} is gone: {}{}", shown.label, shown.reason, report),
       "see to its power and network; if it was taken away: dsn forget " + shown.label});
}

/// What the network says about datagrams that were sent there.
std::string Doctor::report_of(const Endpoint& endpoint) const {
  if (node_.transport() == nullptr) return "";
  const auto report = node_.transport()->counted().reports().latest(endpoint, kReportLife);
  if (!report) return "";
  const std::string at = endpoint.to_string();
  if (report->error == ECONNREFUSED) {
    return fmt::format("; a machine answers at {}, and no agent runs on that port there", at);
  }
  return report->error == EHOSTUNREACH ? fmt::format("; no machine answers at {}", at) : "";
}

void Doctor::judge_multicast() {
  std::vector<std::string> deaf;
  std::size_t on_link = 0;
  for (const Patient& patient : patients_) {
    if (!patient.answered || !patient.is_on_link) continue;
    ++on_link;
    if (!patient.heard_us) deaf.push_back(patient.label);
  }
  if (deaf.empty() || !node_.settings().multicast) return;
  add(node_.core().self().name(),
      {"multicast-not-passed", "",
       fmt::format("a multicast of this node was not heard by {} of {} nodes of its networks: {}",
                   deaf.size(), on_link, list(deaf)),
       "a switch or access point does not pass it on (IGMP snooping, client isolation), or a "
       "firewall stops UDP 17374; those nodes need bootstrap_nodes to find this one"});
}

void Doctor::add(const std::string& node, Warning warning) {
  NetworkFinding& finding = findings_[{warning.code, warning.about}];
  if (finding.nodes.empty()) finding.warning = std::move(warning);
  const auto at = std::ranges::lower_bound(finding.nodes, node);
  if (at == finding.nodes.end() || *at != node) finding.nodes.insert(at, node);
}

}  // namespace dsn::agent
