// SPDX-License-Identifier: Apache-2.0
#include "mqtt/mirror.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <ctime>
#include <utility>

#include "base/pattern.hpp"
#include "local/json/json_messages.hpp"
#include "local/json/wall_clock.hpp"

namespace dsn::mqtt {
namespace {

using namespace std::chrono_literals;
using local::JsonIn;
using Milliseconds = std::chrono::milliseconds;

constexpr auto kDoubtsInterval = 1s;
constexpr std::size_t kValueBytesMax = 1024;
constexpr std::size_t kUnitBytesMax = 64;
// After so long without an answer a question is asked again.
constexpr auto kPatience = 5s;
// The maximum age of what is doubtful: it is late at once.
constexpr Milliseconds kDoubtfulMaxAge{1};

Milliseconds span(Mirror::Clock::duration duration) {
  return std::max(std::chrono::duration_cast<Milliseconds>(duration), Milliseconds(0));
}

std::string text_in(const JsonIn& json, const char* member) {
  const auto found = json.find(member);
  if (found == json.end() || !found->is_string()) return {};
  return found->get<std::string>();
}

std::optional<Milliseconds> sent_in(const JsonIn& json) {
  const auto found = json.find("sent_ms");
  if (found == json.end() || !found->is_number_unsigned()) return {};
  const auto sent = found->get<std::uint64_t>();
  if (sent > static_cast<std::uint64_t>(local::kSpanMax.count())) return {};
  return Milliseconds(sent);
}

// How long ago a time of the other site's wall clock was, by the own one; nothing if either is not
// to be believed.
std::optional<Milliseconds> age_by_wall(const JsonIn& json, const local::WallClock& wall) {
  if (text_in(json, "clock") != "synced" || wall.state != "synced") return {};
  std::tm utc{};
  const std::string time = text_in(json, "time");
  const char* const end = strptime(time.c_str(), "%Y-%m-%dT%H:%M:%SZ", &utc);
  if (end == nullptr || *end != '\0') return {};
  const auto then = std::chrono::system_clock::from_time_t(timegm(&utc));
  return std::chrono::duration_cast<Milliseconds>(wall.now - then);
}

// What the agent takes.
bool is_small(const Reading& reading) {
  return reading.value.cbor().size() <= kValueBytesMax && reading.unit.size() <= kUnitBytesMax;
}

SetRequest request_of(const std::string& site, const ReadingTopic& name, const Reading& reading,
                      Milliseconds age, bool is_doubtful) {
  SetRequest request;
  request.key = name.key;
  request.value = reading.value;
  request.unit = reading.unit;
  request.max_age = is_doubtful ? kDoubtfulMaxAge : reading.max_age;
  request.hold = true;
  request.as = site + "." + name.node;
  request.age = age;
  return request;
}

}  // namespace

Mirror::Mirror(const config::MqttConfig& config, std::string run, Note note,
               ReadWallClock wall_clock)
    : run_(std::move(run)), note_(std::move(note)), wall_clock_(std::move(wall_clock)) {
  for (const auto& [name, patterns] : config.bridge) sites_.emplace_back(name, patterns);
}

std::vector<std::string> Mirror::subscriptions() const {
  std::vector<std::string> topics;
  for (const Site& site : sites_) {
    topics.push_back(site.topics.status());
    topics.push_back(site.topics.clock());
    topics.push_back(site.topics.readings());
  }
  return topics;
}

void Mirror::begin_connection() {
  for (Site& site : sites_) {
    site.asked = {};
    site.is_all_wanted = true;
  }
}

void Mirror::take(const BrokerMessage& arrival) {
  is_changed_ = true;
  for (Site& site : sites_) {
    if (arrival.topic == site.topics.clock()) {
      take_clock(site, arrival);
    } else if (arrival.topic == site.topics.status()) {
      site.is_online = arrival.payload == "online";
      if (!site.is_online) continue;
      site.is_all_wanted = true;
      site.asked = {};  // it hears questions from now on
    } else if (const auto name = site.topics.reading_of(arrival.topic)) {
      if (is_wanted(site, *name)) take_reading(site, *name, arrival);
    }
  }
}

bool Mirror::is_wanted(const Site& site, const ReadingTopic& name) {
  const std::string text = name.node + "/" + name.key;
  return is_possible(name) && std::ranges::count(name.node, '.') <= 1 &&
         std::ranges::any_of(site.patterns,
                             [&text](const std::string& pattern) { return fits(pattern, text); });
}

// The number of a question of this run that a message names.
std::optional<std::uint64_t> Mirror::question_of(const JsonIn& json, const char* member) const {
  const std::string text = text_in(json, member);
  const std::string begin = run_ + "-";
  std::uint64_t number = 0;
  const bool is_ours =
      text.starts_with(begin) &&
      std::from_chars(text.data() + begin.size(), text.data() + text.size(), number).ec ==
          std::errc();
  return is_ours ? std::optional(number) : std::nullopt;
}

void Mirror::take_clock(Site& site, const BrokerMessage& arrival) {
  const auto json = local::parse_json(arrival.payload);
  if (!json || !json->is_object()) return;
  const auto sent = sent_in(*json);
  if (sent && question_of(*json, "asked") == site.question) {
    site.run = text_in(*json, "run");
    // It answered after it was asked: so its clock is not further on than this.
    site.zero = site.asked - *sent;
    site.answered = arrival.at;
  } else if (const auto question = question_of(*json, "all_told")) {
    site.is_all_wanted = false;
    forget_untold(site, *question);
  }
}

void Mirror::forget_untold(Site& site, std::uint64_t question) {
  for (auto& [name, item] : site.items) item.is_removed |= item.told_in < question;
}

void Mirror::take_reading(Site& site, const ReadingTopic& name, const BrokerMessage& arrival) {
  const auto json = local::parse_json(arrival.payload);
  if (!json || !json->is_object() || text_in(*json, "status") == "absent") {
    if (const auto found = site.items.find(name); found != site.items.end()) {
      found->second.is_removed = true;
    }
    return;
  }
  auto reading = dated(site, *json, arrival);
  if (!reading || reading->value.is_null() || !is_small(*reading)) return;
  if (arrival.retained && site.items.contains(name)) return;
  keep(site, name, *std::move(reading), arrival.at);
}

std::optional<Reading> Mirror::dated(Site& site, const JsonIn& json,
                                     const BrokerMessage& arrival) const {
  auto reading = local::decode_json<Reading>(json);
  const auto sent = sent_in(json);
  if (!reading || !sent) return {};
  reading->error.clear();  // it may be long, and is not shown
  if (site.answered && text_in(json, "run") == site.run) {
    reading->age += span(arrival.at - (site.zero + *sent));
    return reading;
  }
  // Another run of the program there, or one that has not answered yet.
  site.is_all_wanted = true;
  if (!arrival.retained) return {};
  const auto age = age_by_wall(json, wall_clock_());
  if (!age) return {};
  reading->age = std::max(reading->age, *age);
  return reading;
}

void Mirror::keep(Site& site, const ReadingTopic& name, Reading reading, Clock::time_point at) {
  const auto [found, is_new] = site.items.try_emplace(name);
  if (is_new && site.items.size() > kItemsMax) {
    site.items.erase(found);
    if (!std::exchange(site.is_told_full, true)) {
      note_(fmt::format("the site {} has more than {} readings; the others are not shown",
                        site.topics.prefix(), kItemsMax));
    }
    return;
  }
  Item& item = found->second;
  item.reading = std::move(reading);
  item.at = at;
  item.is_waiting = true;
  item.is_removed = false;
  item.told_in = site.question;
}

std::vector<Publication> Mirror::questions(Clock::time_point now) {
  std::vector<Publication> messages;
  for (Site& site : sites_) {
    const auto wait = site.is_all_wanted ? Clock::duration(kPatience) : kAskInterval;
    if (site.asked != Clock::time_point() && now - site.asked < wait) continue;
    ++site.question;
    site.asked = now;
    const nlohmann::json question{{"nonce", run_ + "-" + std::to_string(site.question)},
                                  {"all", site.is_all_wanted}};
    messages.push_back({site.topics.ask(), question.dump(), false});
  }
  return messages;
}

void Mirror::begin_agent() {
  is_changed_ = true;
  for (Site& site : sites_) {
    std::erase_if(site.items, [](const auto& item) { return item.second.is_removed; });
    for (auto& [name, item] : site.items) item.is_waiting = true;
  }
}

// A reading without a maximum age would be good for ever, though its node or its site is gone.
bool Mirror::is_doubtful(const Site& site, const Item& item, Clock::time_point now) {
  const bool is_there = site.is_online && site.answered && now - *site.answered < kAnswerValid;
  const Freshness freshness = item.reading.freshness;
  return !is_there || (freshness != Freshness::ok && freshness != Freshness::late);
}

AgentChanges Mirror::changes(Clock::time_point now) {
  AgentChanges changes;
  if (!is_changed_ && now < doubts_due_) return changes;
  for (Site& site : sites_) {
    append_removed(site, changes);
    append_set(site, now, changes);
  }
  is_changed_ =
      changes.set.size() >= AgentChanges::kMax || changes.removed.size() >= AgentChanges::kMax;
  doubts_due_ = now + kDoubtsInterval;
  return changes;
}

void Mirror::append_removed(Site& site, AgentChanges& changes) {
  for (auto at = site.items.begin();
       at != site.items.end() && changes.removed.size() < AgentChanges::kMax;) {
    const auto next = std::next(at);
    if (at->second.is_removed) {
      changes.removed.push_back("@" + site.topics.prefix() + "." + at->first.node + "/" +
                                at->first.key);
      site.items.erase(at);
    }
    at = next;
  }
}

void Mirror::append_set(Site& site, Clock::time_point now, AgentChanges& changes) {
  for (auto& [name, item] : site.items) {
    if (changes.set.size() >= AgentChanges::kMax) return;
    const bool doubtful = is_doubtful(site, item, now);
    if (item.is_removed || (!item.is_waiting && doubtful == item.is_doubtful)) continue;
    item.is_waiting = false;
    item.is_doubtful = doubtful;
    changes.set.push_back(request_of(site.topics.prefix(), name, item.reading,
                                     item.reading.age + span(now - item.at), doubtful));
  }
}

}  // namespace dsn::mqtt
