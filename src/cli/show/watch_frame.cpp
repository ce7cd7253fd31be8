// SPDX-License-Identifier: Apache-2.0
#include "cli/show/watch_frame.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "cli/show/display_text.hpp"

namespace dsn::cli {
namespace {

constexpr std::string_view kHome = "\x1b[H";
constexpr std::string_view kClearToEndOfLine = "\x1b[K";
constexpr std::string_view kClearBelow = "\x1b[J";
constexpr std::string_view kReverse = "\x1b[7m";
constexpr std::string_view kPlain = "\x1b[0m";

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// "… 192 more, 10 of them not well: b shows these"
std::string more_text(const WatchFrame& frame, std::size_t first, std::size_t kept) {
  const std::size_t rows = frame.well.size();
  const auto begin = frame.well.begin();
  const auto above = static_cast<std::ptrdiff_t>(std::min(first, rows));
  const auto below = static_cast<std::ptrdiff_t>(std::min(first + kept, rows));
  const auto ill =
      std::count(begin, begin + above, false) + std::count(begin + below, frame.well.end(), false);
  std::string text = fmt::format("… {} more", rows - std::min(kept, rows));
  if (ill > 0) text += fmt::format(", {} of them not well: b shows these", ill);
  return text;
}

std::vector<std::string> footer_of(const WatchFrame& frame, TerminalSize size) {
  std::vector<std::string> footer = {clip(frame.summary, size.columns)};
  for (const std::string& note : frame.notes) footer.push_back(clip(note, size.columns));
  if (footer.size() > size.rows) footer.erase(footer.begin(), footer.end() - 1);
  return footer;
}

/// Rows of the terminal that are left for the rows of the table.
std::size_t room_of(const WatchFrame& frame, TerminalSize size) {
  const std::size_t taken =
      footer_of(frame, size).size() + frame.head.size() + (frame.titles ? 1 : 0);
  return size.rows > taken ? size.rows - taken : 0;
}

std::string standing_out(const std::string& line) {
  std::string bare;
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (line[at] == '\x1b') {
      at = std::min(line.find('m', at), line.size() - 1);
    } else {
      bare += line[at];
    }
  }
  return std::string(kReverse) + bare + std::string(kPlain);
}

}  // namespace

std::size_t rows_that_fit(const WatchFrame& frame, TerminalSize size) {
  const std::size_t room = room_of(frame, size);
  if (frame.well.size() <= room) return room;
  return room > 0 ? room - 1 : 0;  // the line that counts the others
}

std::vector<std::string> frame_lines(const WatchFrame& frame, TerminalSize size) {
  const std::vector<std::string> footer = footer_of(frame, size);
  const std::size_t room = size.rows > footer.size() ? size.rows - footer.size() : 0;
  std::vector<std::string> lines;
  for (const std::string& line : frame.head) lines.push_back(clip(line, size.columns));
  std::vector<std::string> rows = split_lines(frame.table);
  if (frame.titles && !rows.empty()) {
    lines.push_back(std::move(rows.front()));
    rows.erase(rows.begin());
  }
  const std::size_t kept = rows_that_fit(frame, size);
  for (std::size_t i = frame.first; i < rows.size() && i < frame.first + kept; ++i) {
    lines.push_back(frame.chosen == i ? standing_out(rows[i]) : std::move(rows[i]));
  }
  if (rows.size() > kept) {
    lines.push_back(clip(more_text(frame, frame.first, kept), size.columns));
  }
  if (lines.size() > room)
    lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(room));
  lines.insert(lines.end(), footer.begin(), footer.end());
  return lines;
}

std::string paint(const std::vector<std::string>& lines) {
  std::string bytes(kHome);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) bytes += "\r\n";
    bytes.append(lines[i]).append(kClearToEndOfLine);
  }
  // After the last line, so that a full terminal never scrolls.
  return bytes.append(kClearBelow);
}

}  // namespace dsn::cli
