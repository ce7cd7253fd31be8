// SPDX-License-Identifier: Apache-2.0
#include "mqtt/announcer.hpp"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "base/pattern.hpp"
#include "local/json/json_messages.hpp"
#include "local/json/wall_clock.hpp"

namespace dsn::mqtt {
namespace {

using local::JsonWriter;

// The node that publishes for a device, and is known by what is before the first dot.
std::string owner_of(const std::string& node) { return node.substr(0, node.find('.')); }

bool is_in_contact(const NodeInfo& node) {
  return node.state == NodeState::self || node.state == NodeState::live;
}

// What makes a reading another one than before; its age goes on by itself.
auto told(const Reading& reading) {
  return std::tie(reading.incarnation, reading.version, reading.freshness, reading.error);
}

}  // namespace

Announcer::Announcer(const config::MqttConfig& config, const Topics& topics, const SentClock& clock)
    : config_(config), topics_(topics), clock_(clock), discovery_(config.discovery, topics) {}

// What this program shows of another site is not its own to tell. Below `attic.cabin` is what attic
// shows of the site cabin.
bool Announcer::is_mirrored(const std::string& node) const {
  return std::ranges::any_of(config_.bridge, [&](const auto& site) {
    return node.starts_with(self_ + "." + site.first + ".");
  });
}

bool Announcer::is_wanted(const ReadingTopic& name) const {
  const std::string text = name.node + "/" + name.key;
  return !is_mirrored(name.node) &&
         std::ranges::any_of(config_.readings,
                             [&text](const std::string& pattern) { return fits(pattern, text); });
}

void Announcer::queue(const ReadingTopic& name, ReadingSlot& entry) {
  if (!std::exchange(entry.is_waiting, true)) work_.push_back({Work::Kind::reading, name});
}

void Announcer::queue(const std::string& node, NodeSlot& entry) {
  if (!std::exchange(entry.is_waiting, true)) work_.push_back({Work::Kind::node, {node, ""}});
}

void Announcer::begin_present(const std::string& self) {
  self_ = self;
  is_whole_ = false;
  for (auto& [name, entry] : entries_) entry.is_present = false;
}

void Announcer::end_present() {
  for (auto& [name, entry] : entries_) {
    if (!entry.is_present) drop(name, entry);
  }
  is_whole_ = true;
}

// A value under a name that belongs to another node is nobody's.
void Announcer::put(const Reading& reading, Clock::time_point now) {
  const ReadingTopic name{reading.node, reading.key};
  if (reading.freshness == Freshness::conflict || !is_wanted(name)) return;
  ReadingSlot& entry = entries_[name];
  const bool is_news = !entry.reading || told(*entry.reading) != told(reading);
  entry.reading = reading;
  entry.at = now;
  entry.is_present = true;
  entry.is_ghost = false;
  if (is_news) queue(name, entry);
}

void Announcer::remove(const std::string& node, const std::string& key) {
  const ReadingTopic name{node, key};
  if (const auto found = entries_.find(name); found != entries_.end()) drop(name, found->second);
}

// Until it is known that it will not come back, the broker is told that it is not there.
void Announcer::drop(const ReadingTopic& name, ReadingSlot& entry) {
  entry.reading.reset();
  queue(name, entry);
}

// It was forgotten, or has another name now. That is no event of its readings.
void Announcer::drop_readings_of(const std::string& node) {
  for (auto& [name, entry] : entries_) {
    if (name.node == node || owner_of(name.node) == node) drop(name, entry);
  }
}

void Announcer::put_nodes(const std::vector<NodeInfo>& nodes, Milliseconds agent_uptime) {
  agent_uptime_ = agent_uptime;
  std::set<std::string> names;
  for (const NodeInfo& node : nodes) {
    if (node.conflict || is_mirrored(node.name)) continue;
    names.insert(node.name);
    NodeSlot& entry = nodes_[node.name];
    entry.info = node;
    if (entry.told != to_string(node.state)) queue(node.name, entry);
  }
  for (auto& [name, entry] : nodes_) {
    if (!entry.info || names.contains(name)) continue;
    entry.info.reset();
    queue(name, entry);
    drop_readings_of(name);
  }
  judge();
}

// A key that is not there is gone for good if its node is not known any more, or if the node has
// been running for so long that it would have set it. After a start of either it may come yet.
bool Announcer::is_ghost(const ReadingTopic& name) const {
  if (!is_wanted(name)) return true;
  if (agent_uptime_ < config_.settle) return false;
  const auto node = nodes_.find(owner_of(name.node));
  if (node == nodes_.end() || !node->second.info) return true;
  const NodeInfo& info = *node->second.info;
  const Milliseconds uptime =
      info.state == NodeState::self ? agent_uptime_ : info.uptime.value_or(Milliseconds(-1));
  return is_in_contact(info) && info.version > 0 && uptime >= config_.settle;
}

void Announcer::judge() {
  if (!is_whole_) return;
  for (auto& [name, entry] : entries_) {
    if (entry.reading || entry.is_ghost || !is_ghost(name)) continue;
    entry.is_ghost = true;
    queue(name, entry);
  }
  for (auto& [name, entry] : nodes_) {
    if (entry.info || entry.is_ghost || agent_uptime_ < config_.settle) continue;
    entry.is_ghost = true;
    queue(name, entry);
  }
}

void Announcer::begin_connection() {
  work_.clear();
  seen_ = 0;
  std::erase_if(entries_, [](const auto& entry) { return !entry.second.reading; });
  std::erase_if(nodes_, [](const auto& node) { return !node.second.info; });
  for (auto& [name, entry] : nodes_) {
    entry.is_waiting = false;
    entry.is_announced = false;
    queue(name, entry);
  }
  for (const config::MqttCommand& command : config_.commands) {
    work_.push_back({Work::Kind::command, {command.name, ""}});
  }
  for (auto& [name, entry] : entries_) {
    entry.is_waiting = false;
    entry.announced.reset();
    queue(name, entry);
  }
}

void Announcer::see(const std::string& topic) {
  if (seen_ >= kSeenMax) return;
  if (const auto name = topics_.reading_of(topic); name && is_possible(*name)) {
    const auto [at, is_new] = entries_.try_emplace(*name);
    seen_ += is_new ? 1 : 0;
    if (is_new) queue(*name, at->second);
  } else if (const auto node = topics_.node_of(topic)) {
    if (!is_possible({*node, "key"})) return;
    const auto [at, is_new] = nodes_.try_emplace(*node);
    seen_ += is_new ? 1 : 0;
    if (is_new) queue(*node, at->second);
  } else if (const auto offer = topics_.offer_of(topic)) {
    const auto& known = config_.commands;
    if (std::ranges::find(known, *offer, &config::MqttCommand::name) == known.end()) {
      ++seen_;
      if (is_possible({*offer, "key"})) work_.push_back({Work::Kind::ghost_command, {*offer, ""}});
    }
  }
}

void Announcer::tell_all(const std::string& asked) {
  for (auto& [name, entry] : entries_) {
    if (entry.reading) queue(name, entry);
  }
  work_.push_back({Work::Kind::all_told, {asked, ""}});
}

std::vector<Publication> Announcer::next(Clock::time_point now) {
  std::vector<Publication> messages;
  while (messages.empty() && !work_.empty()) {
    const Work work = std::move(work_.front());
    work_.pop_front();
    messages = compose(work, now);
  }
  return messages;
}

std::vector<Publication> Announcer::compose(const Work& work, Clock::time_point now) {
  switch (work.kind) {
    case Work::Kind::reading:
      return compose_reading(work.name, now);
    case Work::Kind::node:
      return compose_node(work.name.node);
    case Work::Kind::command:
      return compose_command(work.name.node);
    case Work::Kind::ghost_command:
      return command_removal(work.name.node);
    case Work::Kind::all_told:
      break;
  }
  std::string payload;
  JsonWriter::object(payload, nullptr, [&](JsonWriter& writer) {
    writer.required("run", clock_.run());
    writer.required("sent_ms", clock_.ms_at(now));
    writer.required("all_told", work.name.node);
  });
  return {{topics_.clock(), payload, false}};
}

// The topic of the reading is made first and removed last: as long as it is there, the next run of
// this program knows what else is.
std::vector<Publication> Announcer::compose_reading(const ReadingTopic& name,
                                                    Clock::time_point now) {
  const auto found = entries_.find(name);
  if (found == entries_.end()) return {};
  ReadingSlot& entry = found->second;
  entry.is_waiting = false;
  if (entry.is_ghost) {
    entries_.erase(found);
    return removal(name);
  }
  if (!is_whole_ && !entry.reading) return {};  // it may come yet
  std::vector<Publication> messages{{topics_.reading(name), reading_payload(entry, now)}};
  append_discovery(name, entry, messages);
  return messages;
}

std::vector<Publication> Announcer::removal(const ReadingTopic& name) const {
  std::vector<Publication> messages;
  if (!config_.discovery.empty()) {
    messages.push_back({discovery_.topic("sensor", name), ""});
    messages.push_back({discovery_.topic("binary_sensor", name), ""});
  }
  messages.push_back({topics_.reading(name), ""});
  return messages;
}

void Announcer::append_discovery(const ReadingTopic& name, ReadingSlot& entry,
                                 std::vector<Publication>& messages) const {
  if (config_.discovery.empty() || !entry.reading) return;
  const Description description = describe(*entry.reading);
  if (description.shape == Shape::none || entry.announced == description) return;
  const std::string_view component = HomeAssistant::component(description.shape);
  const bool is_other =
      !entry.announced || HomeAssistant::component(entry.announced->shape) != component;
  if (is_other) {
    // It may have been a truth value before, also in an earlier run.
    const std::string_view other = component == "sensor" ? "binary_sensor" : "sensor";
    messages.push_back({discovery_.topic(other, name), ""});
  }
  messages.push_back({discovery_.topic(component, name), discovery_.payload(name, description)});
  entry.announced = description;
}

// The reading as the local API has it, and when it was sent.
std::string Announcer::reading_payload(const ReadingSlot& entry, Clock::time_point now) const {
  const local::WallClock wall = local::WallClock::read();
  std::string payload;
  JsonWriter::object(payload, &wall, [&](JsonWriter& writer) {
    if (!entry.reading) {
      writer.value(Value());
      writer.required("status", std::string("absent"));
      return;
    }
    Reading reading = *entry.reading;
    reading.age += std::chrono::duration_cast<Milliseconds>(now - entry.at);
    reading.node_heard = {};  // and how long ago that was, a broker cannot say
    writer.required("run", clock_.run());
    writer.required("sent_ms", clock_.ms_at(now));
    local::members(writer, std::as_const(reading));
  });
  return payload;
}

std::vector<Publication> Announcer::compose_node(const std::string& name) {
  const auto found = nodes_.find(name);
  if (found == nodes_.end()) return {};
  NodeSlot& entry = found->second;
  entry.is_waiting = false;
  if (entry.is_ghost && !entry.info) {
    nodes_.erase(found);
    std::vector<Publication> messages;
    if (!config_.discovery.empty()) messages.push_back({discovery_.node_topic(name), ""});
    messages.push_back({topics_.node(name), ""});
    return messages;
  }
  entry.is_ghost = false;
  if (!is_whole_ && !entry.info) return {};
  entry.told = entry.info ? to_string(entry.info->state) : "unknown";
  std::vector<Publication> messages{{topics_.node(name), entry.told}};
  if (!config_.discovery.empty() && entry.info && !std::exchange(entry.is_announced, true)) {
    messages.push_back({discovery_.node_topic(name), discovery_.node_payload(name)});
  }
  return messages;
}

std::vector<Publication> Announcer::command_removal(const std::string& name) const {
  std::vector<Publication> messages;
  if (!config_.discovery.empty()) {
    messages.push_back({discovery_.command_topic(true, name), ""});
    messages.push_back({discovery_.command_topic(false, name), ""});
  }
  messages.push_back({topics_.offer(name), ""});
  return messages;
}

std::vector<Publication> Announcer::compose_command(const std::string& name) const {
  const auto command = std::ranges::find(config_.commands, name, &config::MqttCommand::name);
  if (command == config_.commands.end()) return {};
  std::vector<Publication> messages{
      {topics_.offer(name), command->is_switch ? "switch" : "button"}};
  if (config_.discovery.empty()) return messages;
  messages.push_back({discovery_.command_topic(!command->is_switch, name), ""});
  messages.push_back(
      {discovery_.command_topic(command->is_switch, name), discovery_.command_payload(*command)});
  return messages;
}

}  // namespace dsn::mqtt
