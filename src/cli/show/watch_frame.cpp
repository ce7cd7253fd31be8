// SPDX-License-Identifier: Apache-2.0
#include "cli/show/watch_frame.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "cli/show/display_text.hpp"
#include "cli/show/reading_table.hpp"
#include "cli/show/trends.hpp"

namespace dsn::cli {
namespace {

constexpr std::string_view kHome = "\x1b[H";
constexpr std::string_view kClearToEndOfLine = "\x1b[K";
constexpr std::string_view kClearBelow = "\x1b[J";

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// "… 192 more, 10 of them not well: --bad shows these"
std::string more_text(const std::vector<Reading>& readings, std::size_t hidden) {
  const auto first =
      readings.end() - static_cast<std::ptrdiff_t>(std::min(hidden, readings.size()));
  const auto ill =
      std::count_if(first, readings.end(), [](const Reading& of) { return !is_well(of); });
  std::string text = fmt::format("… {} more", hidden);
  if (ill > 0) text += fmt::format(", {} of them not well: --bad shows these", ill);
  return text;
}

}  // namespace

std::vector<std::string> frame_lines(const WatchFrame& frame, TerminalSize size, bool colour,
                                     bool header) {
  ReadingTableOptions options;
  options.style = {.colour = colour, .titles = header, .width_max = size.columns};
  options.trends = frame.trends;
  std::vector<std::string> lines = split_lines(reading_table(frame.readings, options));

  std::vector<std::string> footer = {clip(reading_summary(frame.readings), size.columns)};
  for (const std::string& note : frame.notes) footer.push_back(clip(note, size.columns));
  if (footer.size() > size.rows) footer.erase(footer.begin(), footer.end() - 1);

  const std::size_t room = size.rows > footer.size() ? size.rows - footer.size() : 0;
  if (lines.size() > room) {
    const std::size_t kept = room > 0 ? room - 1 : 0;
    const std::size_t hidden = lines.size() - kept;
    lines.resize(kept);
    if (room > 0) lines.push_back(clip(more_text(frame.readings, hidden), size.columns));
  }
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
