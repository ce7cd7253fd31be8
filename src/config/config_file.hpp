// SPDX-License-Identifier: Apache-2.0
// Files of a configuration on the disk.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dsn/result.hpp"

namespace dsn::config {

// A configuration of ten thousand sensors fits; a larger file is not a configuration.
inline constexpr std::size_t kFileSizeMax = std::size_t{1024} * 1024;

struct File {
  std::string text;
  bool readable_by_others = false;
};

/// The whole of a file of at most kFileSizeMax bytes. The Error is the cause, without the path.
[[nodiscard]] Result<File> read_file(const std::string& path);

/// The folder of a path with its '/': "/etc/dsn/" of "/etc/dsn/agent.yaml"; may be empty.
[[nodiscard]] std::string folder_of(const std::string& path);

/// The names of the files NAME.yaml in a folder, without the suffix, sorted. Hidden files are left
/// out; a folder that does not exist has no files.
[[nodiscard]] std::vector<std::string> yaml_files_in(const std::string& folder);

}  // namespace dsn::config
