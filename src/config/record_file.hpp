// SPDX-License-Identifier: Apache-2.0
// The configuration of dsn-record (docs/record.md).
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "config/module_file.hpp"

namespace dsn::config {

inline constexpr char kDefaultRecordFile[] = "/etc/dsn/record.yaml";

struct RecordConfig {
  std::string file;
  std::string database = kDefaultHistoryFile;
  std::vector<std::string> readings{"*"};  ///< patterns of node/key
  std::chrono::milliseconds raw = std::chrono::days(7);
  std::chrono::milliseconds minutes = std::chrono::days(90);
  std::chrono::milliseconds hours = std::chrono::days(1825);
  std::chrono::milliseconds every = std::chrono::minutes(1);
  std::int64_t size_max = 1000;  ///< MiB
};

struct LoadedRecord {
  RecordConfig config;
  ModuleFindings findings;
};

/// Reads and checks the file. A missing kDefaultRecordFile has all defaults. Never throws.
[[nodiscard]] LoadedRecord load_record(const std::string& path);

}  // namespace dsn::config
