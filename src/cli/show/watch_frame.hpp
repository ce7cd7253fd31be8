// SPDX-License-Identifier: Apache-2.0
// One picture of `dsn-read --watch` on a terminal.
#pragma once

#include <string>
#include <vector>

#include "cli/show/terminal.hpp"
#include "dsn/reading.hpp"

namespace dsn::cli {

struct WatchFrame {
  std::vector<Reading> readings;
  std::vector<std::string> trends;  ///< as many as readings
  std::vector<std::string> notes;   ///< lines below the summary, the important one last
};

/// The lines of the picture, without line feeds. They fit on the terminal; rows for which there is
/// no room are counted in a line.
[[nodiscard]] std::vector<std::string> frame_lines(const WatchFrame& frame, TerminalSize size,
                                                   bool colour, bool header);

/// The bytes that draw the lines over the previous picture, without flicker.
[[nodiscard]] std::string paint(const std::vector<std::string>& lines);

}  // namespace dsn::cli
