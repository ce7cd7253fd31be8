// SPDX-License-Identifier: Apache-2.0
#include "cli/show/table.hpp"

#include <algorithm>
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

std::size_t width_of(const Cell& cell) { return cell.indent + display_width(cell.text); }

}  // namespace

std::string styled(const std::string& text, Style style, bool colour) {
  if (!colour || style == Style::plain || text.empty()) return text;
  return sequence_of(style) + text + "\x1b[0m";
}

void Table::add(std::vector<Cell> row) {
  DSN_CHECK(row.size() == columns_.size());
  rows_.push_back(std::move(row));
}

std::vector<std::size_t> Table::widths(bool titles) const {
  std::vector<std::size_t> widths(columns_.size(), 0);
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (titles) widths[i] = display_width(columns_[i].title);
    for (const auto& row : rows_) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  return widths;
}

std::string Table::render_row(const std::vector<Cell>& row, const std::vector<std::size_t>& widths,
                              const TableStyle& style) const {
  std::string line;
  std::size_t blanks = 0;  // owed: written only if something follows, so that no line ends in them
  std::size_t room =
      style.width_max == 0 ? std::numeric_limits<std::size_t>::max() : style.width_max;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const Cell& cell = row[i];
    const std::size_t padding = widths[i] - width_of(cell);
    blanks += cell.indent + (columns_[i].right ? padding : 0);
    if (!cell.text.empty() && blanks < room) {
      const std::string text = clip(cell.text, room - blanks);
      line.append(blanks, ' ').append(styled(text, cell.style, style.colour));
      room -= blanks + display_width(text);
      blanks = 0;
    }
    blanks += (columns_[i].right ? 0 : padding) + kGap;
  }
  return line + "\n";
}

std::string Table::render(const TableStyle& style) const {
  const std::vector<std::size_t> widths = this->widths(style.titles);
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
