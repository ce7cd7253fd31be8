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

/// "late (max 1m30s)"
constexpr std::size_t kStatusColumns = 16;
constexpr std::size_t kBlockBytes = std::string_view("█").size();

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

/// The last `columns` blocks of each sparkline.
std::vector<std::string> shorten(const std::vector<std::string>& trends, std::size_t columns) {
  std::vector<std::string> shorter;
  for (const std::string& trend : trends) {
    const std::size_t bytes = std::min(trend.size(), columns * kBlockBytes);
    shorter.push_back(trend.substr(trend.size() - bytes));
  }
  return shorter;
}

/// The past gives way to the present: as much of the sparklines as leaves room for the status.
std::vector<std::string> trends_that_fit(const WatchFrame& frame, std::size_t columns) {
  for (const std::size_t length : {kTrendLengthMax, kTrendLengthMax / 2}) {
    ReadingTableOptions options;
    options.trends = shorten(frame.trends, length);
    const std::string table = reading_table(frame.readings, options);
    const std::string_view titles = std::string_view(table).substr(0, table.find('\n'));
    const std::size_t before_status = display_width(titles.substr(0, titles.rfind("STATUS")));
    if (before_status + kStatusColumns <= columns) return options.trends;
  }
  return {};
}

}  // namespace

std::vector<std::string> frame_lines(const WatchFrame& frame, TerminalSize size, bool colour,
                                     bool header) {
  ReadingTableOptions options;
  options.style = {colour, header, size.columns};
  options.trends = trends_that_fit(frame, size.columns);
  std::vector<std::string> lines = split_lines(reading_table(frame.readings, options));

  std::vector<std::string> footer = {clip(reading_summary(frame.readings), size.columns)};
  for (const std::string& note : frame.notes) footer.push_back(clip(note, size.columns));
  if (footer.size() > size.rows) footer.erase(footer.begin(), footer.end() - 1);

  const std::size_t room = size.rows > footer.size() ? size.rows - footer.size() : 0;
  if (lines.size() > room) {
    const std::size_t kept = room > 0 ? room - 1 : 0;
    const std::size_t hidden = lines.size() - kept;
    lines.resize(kept);
    if (room > 0) {
      lines.push_back(
          clip(fmt::format("… {} more; name a node to see its keys only", hidden), size.columns));
    }
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
