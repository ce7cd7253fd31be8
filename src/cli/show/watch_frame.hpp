// SPDX-License-Identifier: Apache-2.0
// One picture of `dsn-read --watch` or `dsn top` on a terminal.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "cli/show/terminal.hpp"

namespace dsn::cli {

struct WatchFrame {
  std::vector<std::string> head;        ///< lines above the table
  std::string table;                    ///< a line for each row, below one of titles if it has one
  bool titles = true;                   ///< the first line of the table is one of titles
  std::vector<bool> well;               ///< of each row: nothing is wrong with it
  std::size_t first = 0;                ///< the row at the top
  std::optional<std::size_t> chosen{};  ///< the row that stands out
  std::string summary;
  std::vector<std::string> notes;  ///< lines below the summary, the important one last
};

/// How many rows there is room for.
[[nodiscard]] std::size_t rows_that_fit(const WatchFrame& frame, TerminalSize size);

/// The lines of the picture, without line feeds. They fit on the terminal; rows for which there is
/// no room are counted in a line: "… 192 more, 10 of them not well: b shows these".
[[nodiscard]] std::vector<std::string> frame_lines(const WatchFrame& frame, TerminalSize size);

/// The bytes that draw the lines over the previous picture, without flicker.
[[nodiscard]] std::string paint(const std::vector<std::string>& lines);

}  // namespace dsn::cli
