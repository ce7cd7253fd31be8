// SPDX-License-Identifier: Apache-2.0
// The configuration of dsn-web (docs/web.md).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/module_file.hpp"

namespace dsn::config {

inline constexpr char kDefaultWebFile[] = "/etc/dsn/web.yaml";

struct WebConfig {
  std::string file;
  std::string address = "127.0.0.1";  ///< where it listens
  std::uint16_t port = 8173;          ///< 0: any free one
  std::string token_file;             ///< who knows what stands there may write; empty: nobody
  std::vector<std::string> hosts;     ///< further names by which browsers find it
  std::uint32_t clients = 100;        ///< how many may follow events at a time
  std::string history = kDefaultHistoryFile;
};

struct LoadedWeb {
  WebConfig config;
  ModuleFindings findings;
};

/// Reads and checks the file. A missing kDefaultWebFile has all defaults. Never throws.
[[nodiscard]] LoadedWeb load_web(const std::string& path);

}  // namespace dsn::config
