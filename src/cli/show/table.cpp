// SPDX-License-Identifier: Apache-2.0
#include "cli/show/table.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include "base/check.hpp"
#include "cli/show/display_text.hpp"

namespace dsn::cli {
namespace {

constexpr std::size_t kGap = 2;

const char* sequence_of(Style style) {
  switch (style) {
    case Style::plain:
      return "";
    case Style::title:
      return "\x1b[1m";
    case Style::good:
      return "\x1b[32m";
    case Style::warning:
      return "\x1b[33m";
    case Style::bad:
      return "\x1b[31m";
    case Style::faint:
      return "\x1b[2m";
  }
  return "";
}

/// Of the last column, which says how things are: what it has at least, if it needs it.
constexpr std::size_t kLastLeast = 16;
/// Narrower than this, it is not continued in its column but below the row, that far from the left.
constexpr std::size_t kWrapLeast = 24;
constexpr std::size_t kBelowIndent = 4;

std::size_t width_of(const Cell& cell) { return cell.indent + display_width(cell.text); }

/// A cell of the last column, which ends at the column `end` of the terminal, as lines.
std::vector<std::string> lines_of(const std::string& text, std::size_t room, std::size_t end) {
  std::vector<std::string> lines = wrapped(text, room);
  if (lines.size() == 1 || room >= kWrapLeast || end <= kBelowIndent) return lines;
  const std::size_t rest = std::min(text.find_first_not_of(' ', lines.front().size()), text.size());
  lines.resize(1);
  std::ranges::move(wrapped(text.substr(rest), end - kBelowIndent), std::back_inserter(lines));
  return lines;
}

std::string cut(const std::string& text, std::size_t columns, Clip clip) {
  switch (clip) {
    case Clip::end:
      return dsn::cli::clip(text, columns);
    case Clip::middle:
      return clip_middle(text, columns);
    case Clip::front:
      return last_columns(text, columns);
  }
  return text;
}

}  // namespace

std::string styled(const std::string& text, Style style, bool colour) {
  if (!colour || style == Style::plain || text.empty()) return text;
  return sequence_of(style) + text + "\x1b[0m";
}

void Table::add(std::vector<Cell> row) {
  DSN_CHECK(row.size() == columns_.size());
  rows_.push_back(std::move(row));
}

Table::Widths Table::natural_widths(bool titles) const {
  Widths widths(columns_.size(), 0);
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (titles) widths[i] = display_width(columns_[i].title);
    for (const auto& row : rows_) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  return widths;
}

void Table::narrow(Widths& widths, std::size_t width_max) const {
  const auto needed = [&] {
    std::size_t sum = std::min(widths.back(), kLastLeast);
    for (std::size_t i = 0; i + 1 < widths.size(); ++i)
      sum += widths[i] == 0 ? 0 : widths[i] + kGap;
    return sum;
  };
  for (const GivesWay& step : gives_way_) {
    const std::size_t now = needed();
    if (now <= width_max) break;
    const auto column = std::ranges::find(columns_, step.title, &Column::title);
    if (column == columns_.end()) continue;
    std::size_t& width = widths[static_cast<std::size_t>(column - columns_.begin())];
    if (width <= step.least) continue;
    width = step.least == 0 ? 0 : width - std::min(width - step.least, now - width_max);
  }
}

std::string Table::render_row(const std::vector<Cell>& row, const Widths& widths,
                              const TableStyle& style) const {
  std::string line;
  std::size_t at = 0;      // columns of the terminal that are used
  std::size_t blanks = 0;  // owed: written only if something follows, so that no line ends in them
  const std::size_t end =
      style.width_max == 0 ? std::numeric_limits<std::size_t>::max() : style.width_max;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const bool last = i + 1 == row.size();
    if (widths[i] == 0) continue;
    const Cell& cell = row[i];
    const std::size_t spare = widths[i] - std::min(widths[i], display_width(cell.text));
    const std::size_t indent = std::min(cell.indent, spare);
    const std::size_t begin = at + blanks + indent;
    std::size_t room = begin < end ? end - begin : 0;
    if (!last) room = std::min(room, widths[i] - indent);
    const bool wraps = last && style.wrap && room > 0;
    const std::vector<std::string> lines =
        wraps ? lines_of(cell.text, room, end)
              : std::vector{cut(cell.text, room, columns_[i].clip)};
    const std::size_t shown = indent + display_width(lines.front());
    const std::size_t padding = widths[i] - std::min(widths[i], shown);
    blanks += indent + (columns_[i].right ? padding : 0);
    for (const std::string& part : lines) {
      if (part.empty()) continue;
      if (&part != &lines.front()) {
        line += '\n';
        blanks = room < kWrapLeast ? kBelowIndent : begin;
      }
      line.append(blanks, ' ').append(styled(part, cell.style, style.colour));
      at = begin + (columns_[i].right ? padding : 0) + display_width(part);
      blanks = 0;
    }
    blanks += (columns_[i].right ? 0 : padding) + kGap;
  }
  return line + "\n";
}

std::string Table::render(const TableStyle& style) const {
  Widths widths = natural_widths(style.titles);
  if (style.width_max > 0) narrow(widths, style.width_max);
  std::string text;
  if (style.titles) {
    std::vector<Cell> titles;
    for (const Column& column : columns_) titles.push_back({column.title, Style::title, 0});
    text += render_row(titles, widths, style);
  }
  for (const auto& row : rows_) text += render_row(row, widths, style);
  return text;
}

std::string tsv_line(const std::vector<std::string>& fields) {
  std::string line;
  for (const std::string& field : fields) {
    if (&field != &fields.front()) line += '\t';
    std::string escaped;
    for (const char c : field) escaped.append(c == '\\' ? 2 : 1, c);
    line += printable(escaped);
  }
  return line + "\n";
}

}  // namespace dsn::cli
