// SPDX-License-Identifier: Apache-2.0
#include "web/picture.hpp"

#include <set>
#include <tuple>

namespace dsn::web {
namespace {

// Whoever reads less often gets the whole.
constexpr std::size_t kChangesKept = 8192;

std::chrono::milliseconds since(std::chrono::steady_clock::time_point at,
                                std::chrono::steady_clock::time_point now) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(now - at);
}

// What is worth telling of a node. Ages go on by themselves; a round trip and a loss are never
// twice the same, so they are told in steps.
auto told(const NodeInfo& node) {
  const auto round_trip = node.round_trip ? node.round_trip->count() / 1000 : -1;
  const int loss = node.loss ? static_cast<int>(*node.loss * 20) : -1;
  return std::tuple(node.name, node.state, node.reason, round_trip, loss, node.address, node.via,
                    node.incarnation, node.keys, node.conflict, node.role, node.program);
}

std::shared_ptr<const Trend> continued(const std::shared_ptr<const Trend>& before,
                                       const Reading& reading, Trend::Clock::time_point now) {
  const auto number = reading.value.as_number();
  if (!number || reading.freshness == Freshness::error) return before;
  auto trend = before ? std::make_shared<Trend>(*before) : std::make_shared<Trend>();
  trend->add(*number, now - reading.age);
  return trend;
}

}  // namespace

Reading HeldReading::as_of(Clock::time_point now) const {
  Reading present = reading;
  present.age += since(at, now);
  present.node_heard += since(at, now);
  return present;
}

NodeInfo HeldNode::as_of(Clock::time_point now) const {
  NodeInfo present = node;
  present.since += since(at, now);
  present.heard += since(at, now);
  if (present.uptime) *present.uptime += since(at, now);
  return present;
}

void Picture::note(const Name& name, std::uint64_t& changed) {
  changed = ++sequence_;
  log_.push_back({changed, name});
  if (log_.size() > kChangesKept) log_.pop_front();
  changed_.notify_all();
}

void Picture::set_connected(Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  agent_ = {true, "", now};
  std::uint64_t ignored = 0;
  note({}, ignored);
}

void Picture::set_lost(const std::string& why, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  if (!agent_.is_connected && agent_.problem == why) return;
  const bool was_connected = agent_.is_connected || agent_.problem.empty();
  agent_ = {false, why, was_connected ? now : agent_.since};
  std::uint64_t ignored = 0;
  note({}, ignored);
}

void Picture::begin_present() {
  const std::lock_guard lock(mutex_);
  for (auto& [name, entry] : readings_) entry.is_present = false;
}

void Picture::end_present() {
  const std::lock_guard lock(mutex_);
  for (auto at = readings_.begin(); at != readings_.end();) {
    const auto next = std::next(at);
    if (!at->second.is_present) remove_locked(at);
    at = next;
  }
}

void Picture::put(const Reading& reading, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  const Name name{reading.node_id, reading.key};
  Slot<ReadingPtr>& entry = readings_[name];
  const auto before = entry.held ? entry.held->trend : nullptr;
  entry.held =
      std::make_shared<HeldReading>(HeldReading{reading, now, continued(before, reading, now)});
  entry.is_present = true;
  note(name, entry.changed);
}

void Picture::remove(const std::string& node_id, const std::string& key) {
  const std::lock_guard lock(mutex_);
  if (const auto found = readings_.find({node_id, key}); found != readings_.end()) {
    remove_locked(found);
  }
}

void Picture::remove_locked(std::map<Name, Slot<ReadingPtr>>::iterator at) {
  const Name name = at->first;
  readings_.erase(at);
  std::uint64_t ignored = 0;
  note(name, ignored);
}

void Picture::put_nodes(const std::vector<NodeInfo>& nodes, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  std::set<std::string> ids;
  for (const NodeInfo& node : nodes) {
    ids.insert(node.id);
    Slot<NodePtr>& entry = nodes_[node.id];
    const bool is_news = !entry.held || told(entry.held->node) != told(node);
    entry.held = std::make_shared<HeldNode>(HeldNode{node, now});
    if (is_news) note({node.id, ""}, entry.changed);
  }
  for (auto at = nodes_.begin(); at != nodes_.end();) {
    const auto next = std::next(at);
    if (!ids.contains(at->first)) {
      const std::string id = at->first;
      nodes_.erase(at);
      std::uint64_t ignored = 0;
      note({id, ""}, ignored);
      for (auto of = readings_.lower_bound({id, ""});
           of != readings_.end() && of->first.first == id;) {
        remove_locked(of++);
      }
    }
    at = next;
  }
}

Picture::View Picture::whole() const {
  const std::lock_guard lock(mutex_);
  return whole_locked();
}

AgentState Picture::agent() const {
  const std::lock_guard lock(mutex_);
  return agent_;
}

Picture::View Picture::whole_locked() const {
  View view{.sequence = sequence_, .is_whole = true, .agent = agent_};
  view.nodes.reserve(nodes_.size());
  for (const auto& [id, entry] : nodes_) view.nodes.push_back(entry.held);
  view.readings.reserve(readings_.size());
  for (const auto& [name, entry] : readings_) view.readings.push_back(entry.held);
  return view;
}

// What changed again later is told then.
void Picture::add_to(View& view, const Change& change) const {
  const auto& [node_id, key] = change.name;
  if (node_id.empty()) return;  // the agent's state is in every view
  if (key.empty()) {
    const auto found = nodes_.find(node_id);
    if (found == nodes_.end()) return view.gone_nodes.push_back(node_id);
    if (found->second.changed == change.sequence) view.nodes.push_back(found->second.held);
    return;
  }
  const auto found = readings_.find(change.name);
  if (found == readings_.end()) return view.gone_readings.push_back(change.name);
  if (found->second.changed == change.sequence) view.readings.push_back(found->second.held);
}

Picture::View Picture::changes(std::uint64_t sequence, std::chrono::milliseconds timeout) const {
  std::unique_lock lock(mutex_);
  if (sequence == sequence_) changed_.wait_for(lock, timeout);
  const bool is_remembered =
      sequence <= sequence_ && (sequence == sequence_ || log_.front().sequence <= sequence + 1);
  if (!is_remembered) return whole_locked();
  View view{.sequence = sequence_, .agent = agent_};
  const auto first = log_.size() - (sequence_ - sequence);
  for (std::size_t i = first; i < log_.size(); ++i) add_to(view, log_[i]);
  return view;
}

}  // namespace dsn::web
