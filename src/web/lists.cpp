// SPDX-License-Identifier: Apache-2.0
#include "web/lists.hpp"

#include <utility>

#include "base/pattern.hpp"
#include "local/json/json_text.hpp"

namespace dsn::web {
namespace {

bool is_named(const std::string& pattern, const std::string& name) {
  return pattern.empty() || fits(pattern, name);
}

}  // namespace

ReadingList::ReadingList(Picture::View view, ListQuery query, Picture::Clock::time_point now)
    : view_(std::move(view)),
      query_(std::move(query)),
      now_(now),
      wall_clock_(local::WallClock::read()) {}

bool ReadingList::is_wanted(const Reading& reading) const {
  const bool is_of_node = is_named(query_.node, reading.node) || query_.node == reading.node_id;
  return is_of_node && is_named(query_.key, reading.key);
}

bool ReadingList::next(std::string& out) {
  if (has_ended_) return false;
  if (is_first_ && index_ == 0) out += '[';
  for (; index_ < view_.readings.size() && out.size() < kPieceBytes; ++index_) {
    const HeldReading& held = *view_.readings[index_];
    if (!is_wanted(held.reading)) continue;
    out += is_first_ ? "\n" : ",\n";
    is_first_ = false;
    out += local::reading_json(held.as_of(now_), wall_clock_);
  }
  if (index_ < view_.readings.size()) return true;
  out += "\n]\n";
  has_ended_ = true;
  return true;
}

std::string node_list(const Picture::View& view, const ListQuery& query,
                      Picture::Clock::time_point now) {
  std::string out;
  for (const auto& held : view.nodes) {
    if (!is_named(query.node, held->node.name) && query.node != held->node.id) continue;
    out += (out.empty() ? "[\n" : ",\n") + local::node_json(held->as_of(now));
  }
  return (out.empty() ? "[" : out) + "\n]\n";
}

}  // namespace dsn::web
