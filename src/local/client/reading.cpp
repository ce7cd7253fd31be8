// SPDX-License-Identifier: Apache-2.0
#include "local/json/words.hpp"

namespace dsn {

const char* to_string(Freshness freshness) {
  switch (freshness) {
    case Freshness::ok:
      return "ok";
    case Freshness::late:
      return "late";
    case Freshness::node_late:
      return "node late";
    case Freshness::node_gone:
      return "node gone";
    case Freshness::error:
      return "error";
    case Freshness::conflict:
      return "conflict";
  }
  return "?";
}

const char* to_string(NodeState state) {
  switch (state) {
    case NodeState::self:
      return "self";
    case NodeState::live:
      return "live";
    case NodeState::late:
      return "late";
    case NodeState::gone:
      return "gone";
    case NodeState::restarting:
      return "restarting";
    case NodeState::left:
      return "left";
  }
  return "?";
}

const char* to_string(NodeEvent::Kind kind) {
  switch (kind) {
    case NodeEvent::Kind::updated:
      return "updated";
    case NodeEvent::Kind::removed:
      return "removed";
    case NodeEvent::Kind::joined:
      return "joined";
    case NodeEvent::Kind::live:
      return "live";
    case NodeEvent::Kind::late:
      return "late";
    case NodeEvent::Kind::gone:
      return "gone";
    case NodeEvent::Kind::restarting:
      return "restarting";
    case NodeEvent::Kind::left:
      return "left";
    case NodeEvent::Kind::conflict:
      return "conflict";
    case NodeEvent::Kind::clone:
      return "clone";
  }
  return "?";
}

const char* to_string(ForgetOutcome outcome) {
  switch (outcome) {
    case ForgetOutcome::nothing:
      return "nothing";
    case ForgetOutcome::forgotten:
      return "forgotten";
    case ForgetOutcome::name_moved:
      return "name moved";
  }
  return "?";
}

std::string summary(const ReloadReport& report) {
  const std::pair<std::uint32_t, const char*> kParts[] = {{report.sensors_added, "added"},
                                                          {report.sensors_removed, "removed"},
                                                          {report.sensors_changed, "changed"},
                                                          {report.sensors_unchanged, "unchanged"}};
  std::string text;
  for (const auto& [count, what] : kParts) {
    if (count == 0) continue;
    const char* noun = count == 1 ? " sensor " : " sensors ";
    text += (text.empty() ? "" : ", ") + std::to_string(count) + (text.empty() ? noun : " ") + what;
  }
  if (text.empty()) text = "no sensors";
  for (const std::string& key : report.changed) text += "; " + key + " changed";
  return text;
}

std::string next_start_text(const std::string& key) {
  return key + " changes with the next start of the agent";
}

namespace local {
namespace {

/// The enumerator up to and including `last` that goes by this word.
template <typename Enum>
std::optional<Enum> find_word(std::string_view word, Enum last) {
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    const auto candidate = static_cast<Enum>(i);
    if (word == to_string(candidate)) return candidate;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Freshness> freshness_from(std::string_view word) {
  return find_word(word, Freshness::conflict);
}

std::optional<NodeState> node_state_from(std::string_view word) {
  return find_word(word, NodeState::left);
}

std::optional<NodeEvent::Kind> event_kind_from(std::string_view word) {
  return find_word(word, NodeEvent::Kind::clone);
}

std::optional<ForgetOutcome> forget_outcome_from(std::string_view word) {
  return find_word(word, ForgetOutcome::name_moved);
}

}  // namespace local
}  // namespace dsn
