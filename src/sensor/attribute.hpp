// SPDX-License-Identifier: Apache-2.0
// Reading what the kernel shows as files, without ever waiting for it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dsn/result.hpp"
#include "dsn/value.hpp"

namespace dsn::sensor {

/// The size of a page: no attribute of sysfs is longer.
inline constexpr std::size_t kAttributeSizeMax = 4096;

/// The content of an attribute, by one read() of at most kAttributeSizeMax bytes, without the
/// white space at its end. Anything but a regular file is an Error, since opening a device may do
/// something (a watchdog starts) and a FIFO may have no writer. The Error is "path: cause".
[[nodiscard]] Result<std::string> read_attribute(const std::string& path);

/// Writes an attribute that exists; false if it cannot.
[[nodiscard]] bool write_attribute(const std::string& path, std::string_view text);

/// The whole of a file that the kernel hands out in parts. A longer file is an Error.
[[nodiscard]] Result<std::string> read_whole(const std::string& path, std::size_t size_max);

/// An attribute that holds one decimal integer.
[[nodiscard]] Result<std::int64_t> read_integer(const std::string& path);

/// The entries of a folder whose names begin with `prefix`, sorted, at most 1024 of them; nothing
/// if the folder is not there.
[[nodiscard]] std::vector<std::string> list_folder(const std::string& path,
                                                   std::string_view prefix);

/// The text of a symbolic link; empty if the path is not a link.
[[nodiscard]] std::string link_target(const std::string& path);

/// The path without links, as realpath(3) has it; empty if it is not there.
[[nodiscard]] std::string real_path(const std::string& path);

/// Whether `part` is one of the names between the '/' of a path.
[[nodiscard]] bool has_part(std::string_view path, std::string_view part);

/// Takes the first line off the text. The answer is without the end of the line.
[[nodiscard]] std::string_view take_line(std::string_view& text);

/// The n-th word of a line, from 0; empty if there are fewer.
[[nodiscard]] std::string_view word_at(std::string_view line, std::size_t index);

/// All of the text as a decimal integer.
[[nodiscard]] std::optional<std::int64_t> to_integer(std::string_view text);

/// All of the text as a decimal count, such as a counter of the kernel.
[[nodiscard]] std::optional<std::uint64_t> to_count(std::string_view text);

/// All of the text as a finite decimal number.
[[nodiscard]] std::optional<double> to_real(std::string_view text);

/// A counter of the kernel, which may exceed what an integer value holds.
[[nodiscard]] Value counter_value(std::uint64_t count);

/// Without the spaces, tabs and line ends at both ends.
[[nodiscard]] std::string_view trimmed(std::string_view text);

/// The first line, at most `size_max` bytes of it, fit for a message: what cannot be printed is
/// replaced.
[[nodiscard]] std::string first_line_shown(std::string_view text, std::size_t size_max);

/// "a, b, c" of the first ten names, or "none".
[[nodiscard]] std::string listed(const std::vector<std::string>& names);

}  // namespace dsn::sensor
