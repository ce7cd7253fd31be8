// SPDX-License-Identifier: Apache-2.0
#include "mqtt/site_service.hpp"

#include <fmt/format.h>

#include <random>
#include <utility>

#include "local/json/json_messages.hpp"

namespace dsn::mqtt {
namespace {

using namespace std::chrono_literals;

constexpr char kOnline[] = "online";
constexpr char kOffline[] = "offline";
constexpr auto kWait = 200ms;
// With more to say than the broker takes at a time.
constexpr auto kShortWait = 2ms;
// What became of a node without an event, such as that it was forgotten.
constexpr auto kNodesInterval = 2s;
// Whoever asks for all readings more often gets the answer of the one before.
constexpr auto kAllInterval = 1s;
constexpr auto kFarewell = 2s;
constexpr std::size_t kNonceBytesMax = 64;
// So many readings are named that the agent does not take.
constexpr std::size_t kRefusedMax = 1000;

std::string new_run() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}", random(), random());
}

bool is_about_node(const NodeEvent& event) {
  return event.key.empty() && event.kind != NodeEvent::Kind::snapshot;
}

}  // namespace

SiteService::SiteService(const config::MqttConfig& config, std::string socket, Note note)
    : config_(config),
      note_(std::move(note)),
      topics_(config.prefix),
      clock_(new_run(), Clock::now()),
      announcer_(config, topics_, clock_),
      mirror_(config, clock_.run(), note_),
      follower_(socket, "dsn-mqtt", *this),
      runner_({config, topics_, std::move(socket),
               [this](const Publication& message) { (void)link_.publish(message); }, note_}),
      link_({config,
             {topics_.status(), kOffline},
             subscriptions(),
             topics_.prefix() + "/commands/",
             [this](const BrokerMessage& arrival) { runner_.take(arrival); },
             note_}) {}

std::vector<std::string> SiteService::subscriptions() const {
  std::vector<std::string> topics = mirror_.subscriptions();
  topics.insert(topics.end(),
                {topics_.readings(), topics_.nodes(), topics_.offers(), topics_.ask()});
  if (!config_.commands.empty()) topics.push_back(topics_.commands());
  return topics;
}

void SiteService::step() {
  exchange();
  follower_.follow(announcer_.is_idle() || link_.connection() == 0 ? kWait : kShortWait);
}

void SiteService::stop() {
  link_.publish({topics_.status(), kOffline});
  link_.stop(kFarewell);
}

Result<void> SiteService::begin(Client& agent) {
  const auto status = agent.status();
  if (!status) return status.failure();
  if (is_agent_lost_) note_("the agent is there again");
  is_agent_lost_ = false;
  is_agent_there_ = true;
  is_status_said_ = false;
  changed_nodes_.clear();
  announcer_.begin_present(status->node);
  mirror_.begin_agent();
  return look_at_nodes(agent);
}

void SiteService::lose(const std::string& why) {
  note_(why);
  is_agent_lost_ = true;
  is_agent_there_ = false;
  is_status_said_ = false;
}

void SiteService::handle_event(const NodeEvent& event) {
  if (event.kind == NodeEvent::Kind::snapshot) {
    announcer_.end_present();
  } else if (event.reading) {
    announcer_.put(*event.reading, Clock::now());
  } else if (event.kind == NodeEvent::Kind::removed) {
    announcer_.remove(event.node, event.key);
  }
  if (is_about_node(event)) changed_nodes_.insert(event.node_id);
}

// What becomes of a node changes what its readings are worth.
Result<void> SiteService::look_at_changed_nodes(Client& agent) {
  if (changed_nodes_.empty()) return {};
  for (const std::string& node : std::exchange(changed_nodes_, {})) {
    const auto readings = agent.read({.node = node});
    if (!readings) return readings.failure();
    for (const Reading& reading : *readings) announcer_.put(reading, Clock::now());
  }
  return look_at_nodes(agent);
}

Result<void> SiteService::handle_time(Client& agent) {
  if (auto looked = look_at_changed_nodes(agent); !looked) return looked;
  const auto refused = [this](const SetRequest& entry, const std::string& why) {
    tell_refused(entry, why);
  };
  if (auto done = apply(mirror_.changes(Clock::now()), agent, refused); !done) return done;
  return Clock::now() < nodes_due_ ? Result<void>{} : look_at_nodes(agent);
}

void SiteService::tell_refused(const SetRequest& entry, const std::string& why) {
  const std::string name = entry.as + "/" + entry.key;
  if (refused_.size() >= kRefusedMax || !refused_.insert(name).second) return;
  note_(fmt::format("{} of another site is not shown: {}", name, why));
}

Result<void> SiteService::look_at_nodes(Client& agent) {
  const auto nodes = agent.nodes();
  if (!nodes) return nodes.failure();
  std::chrono::milliseconds uptime{0};
  for (const NodeInfo& node : *nodes) {
    if (node.state == NodeState::self) uptime = node.uptime.value_or(uptime);
  }
  announcer_.put_nodes(*nodes, uptime);
  nodes_due_ = Clock::now() + kNodesInterval;
  return {};
}

void SiteService::exchange() {
  const std::uint64_t connection = link_.connection();
  if (connection != connection_) {
    connection_ = connection;
    is_status_said_ = false;
    announcer_.begin_connection();
    mirror_.begin_connection();
  }
  for (const BrokerMessage& arrival : link_.take()) take(arrival);
  if (connection == 0) return;
  if (!is_status_said_) say_status();
  while (!announcer_.is_idle() && link_.room() >= Announcer::kMessagesMax) {
    for (const Publication& message : announcer_.next(Clock::now())) link_.publish(message);
  }
  for (const Publication& question : mirror_.questions(Clock::now())) link_.publish(question);
}

void SiteService::say_status() {
  is_status_said_ = link_.publish({topics_.status(), is_agent_there_ ? kOnline : kOffline});
}

void SiteService::take(const BrokerMessage& arrival) {
  if (arrival.topic == topics_.ask()) return answer(arrival);
  if (arrival.retained && !arrival.payload.empty()) announcer_.see(arrival.topic);
  mirror_.take(arrival);
}

void SiteService::answer(const BrokerMessage& question) {
  const auto json = local::parse_json(question.payload);
  if (!json || !json->is_object() || question.retained) return;
  const std::string nonce = json->value("nonce", nlohmann::json()).is_string()
                                ? json->at("nonce").get<std::string>()
                                : std::string();
  if (nonce.empty() || nonce.size() > kNonceBytesMax) return;
  const auto now = Clock::now();
  std::string payload;
  local::JsonWriter::object(payload, nullptr, [&](local::JsonWriter& writer) {
    writer.required("run", clock_.run());
    writer.required("sent_ms", clock_.ms_at(now));
    writer.required("asked", nonce);
  });
  link_.publish({topics_.clock(), payload, false});
  const bool is_all = json->value("all", nlohmann::json()) == true;
  if (!is_all || now - all_told_ < kAllInterval) return;
  all_told_ = now;
  announcer_.tell_all(nonce);
}

}  // namespace dsn::mqtt
