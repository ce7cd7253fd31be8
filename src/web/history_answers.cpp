// SPDX-License-Identifier: Apache-2.0
#include "web/history_answers.hpp"

#include <fmt/format.h>

#include <charconv>
#include <string_view>
#include <utility>
#include <vector>

#include "base/duration.hpp"
#include "base/unit_symbol.hpp"
#include "history/history_text.hpp"
#include "local/json/json_append.hpp"

namespace dsn::web {
namespace {

using history::Grain;
using history::History;

// Of hours that are five years.
constexpr std::size_t kPointsMax = 10'000;

Error wrong(const char* parameter, std::string_view must) {
  return {fmt::format("'{}' must be {}", parameter, must), ErrorCode::invalid_argument};
}

const char* name_of(Grain grain) {
  switch (grain) {
    case Grain::raw:
      return "raw";
    case Grain::minutes:
      return "minutes";
    case Grain::hours:
      return "hours";
  }
  return "";
}

std::string json_string(std::string_view text) {
  std::string json;
  local::append_text(json, text);
  return json;
}

std::string keys_json(const std::vector<history::RecordedKey>& keys) {
  std::string json;
  for (const history::RecordedKey& key : keys) {
    json += json.empty() ? "[\n" : ",\n";
    json += fmt::format(R"({{"node":{},"node_id":{},"key":{},"unit":{}}})", json_string(key.node),
                        json_string(key.node_id), json_string(key.key), json_string(key.unit));
  }
  return (json.empty() ? "[" : json) + "\n]\n";
}

std::string answer_json(const HistoryQuery& query, const history::RecordedPoints& answer) {
  std::string json =
      fmt::format(R"({{"node":{},"key":{},"unit":{},"unit_text":{},"grain":"{}","points":[)",
                  json_string(query.node), json_string(query.key), json_string(answer.unit),
                  json_string(unit_symbol(answer.unit)), name_of(answer.grain));
  const char* between = "\n";
  for (const history::Point& point : answer.points) {
    json += between + history::point_json(answer.grain, point);
    between = ",\n";
  }
  return json + "\n]}\n";
}

Result<std::size_t> most_of(const std::string& text) {
  if (text.empty()) return kPointsMax;
  std::size_t most = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), most);
  const bool is_number = error == std::errc() && end == text.data() + text.size();
  if (is_number && most >= 1 && most <= kPointsMax) return most;
  return wrong("most", fmt::format("a number from 1 to {}", kPointsMax));
}

}  // namespace

Result<std::string> history_answer(const std::string& file, const HistoryQuery& query,
                                   history::Time now) {
  if (query.node.empty()) return wrong("node", "the name or id of a node");
  const auto since = parse_duration(query.since.empty() ? "24h" : query.since);
  if (!since) return wrong("since", "a duration " + since.error());
  const auto most = most_of(query.most);
  if (!most) return most.failure();
  auto history = History::open_to_read(file);
  if (!history) return history.failure();
  if (query.key.empty()) return keys_json(history->keys(query.node));
  const auto answer = history->read(query.node, query.key, now - *since, *most);
  if (!answer) return answer.failure();
  return query.csv ? history::csv_text(*answer) : answer_json(query, *answer);
}

}  // namespace dsn::web
