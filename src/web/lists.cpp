// SPDX-License-Identifier: Apache-2.0
#include "web/lists.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/pattern.hpp"
#include "formats/reading_formats.hpp"
#include "local/json/json_text.hpp"

namespace dsn::web {
namespace {

bool is_named(const std::string& pattern, const std::string& name) {
  return pattern.empty() || fits(pattern, name);
}

std::optional<std::string> json_row(const Reading& reading, const local::WallClock& clock) {
  return local::reading_json(reading, clock);
}

std::optional<std::string> senml_row(const Reading& reading, const local::WallClock& /*clock*/) {
  return formats::senml_record(reading);
}

std::optional<std::string> csv_row(const Reading& reading, const local::WallClock& /*clock*/) {
  return formats::reading_csv(reading);
}

constexpr auto kFormats = std::to_array<ListFormat>(
    {{"json", "application/json", "[\n", ",\n", "\n]\n", json_row},
     {"senml", "application/senml+json", "[", ",\n ", "]\n", senml_row},
     {"csv", "text/csv; charset=utf-8", formats::kCsvTitles, "", "", csv_row}});

}  // namespace

const ListFormat* find_format(std::string_view name) {
  if (name.empty()) return &kFormats.front();
  const auto* found = std::ranges::find(kFormats, name, &ListFormat::name);
  return found == kFormats.end() ? nullptr : found;
}

ReadingList::ReadingList(Picture::View view, ListQuery query, const ListFormat& format,
                         Picture::Clock::time_point now)
    : view_(std::move(view)),
      query_(std::move(query)),
      format_(format),
      now_(now),
      wall_clock_(local::WallClock::read()) {}

bool ReadingList::is_wanted(const Reading& reading) const {
  const bool is_of_node = is_named(query_.node, reading.node) || query_.node == reading.node_id;
  return is_of_node && is_named(query_.key, reading.key);
}

bool ReadingList::next(std::string& out) {
  if (has_ended_) return false;
  if (index_ == 0) out += format_.begin;
  for (; index_ < view_.readings.size() && out.size() < kPieceBytes; ++index_) {
    const HeldReading& held = *view_.readings[index_];
    if (!is_wanted(held.reading)) continue;
    const auto row = format_.row(held.as_of(now_), wall_clock_);
    if (!row) continue;
    if (!std::exchange(is_first_, false)) out += format_.between;
    out += *row;
  }
  if (index_ < view_.readings.size()) return true;
  out += format_.end;
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
