// SPDX-License-Identifier: Apache-2.0
// Lines of a configuration that look right in an editor and are not.
#pragma once

#include <string>
#include <string_view>

#include "config/report.hpp"

namespace dsn::config {

inline constexpr char kTabIndents[] = "a tab indents this line: use spaces";
inline constexpr char kBadBeginning[] =
    "text that begins with one of % @ ` must stand in quotes, as in unit: \"%\"";

/// Reports what yaml-cpp takes, or would not say in which line it is, and whether there was any:
/// control characters, tabs, characters that cannot be seen, UTF-16. yaml-cpp also reads a line
/// that begins with % as a directive, wherever it stands, and passes over what it does not know.
[[nodiscard]] bool report_bad_lines(std::string_view text, Report& report, int file);

/// The text with blanks for tabs that indent nothing, which yaml-cpp takes ill: on a line without
/// content, or before a remark. Nothing moves.
[[nodiscard]] std::string without_idle_tabs(std::string_view text);

}  // namespace dsn::config
