// SPDX-License-Identifier: Apache-2.0
// The configuration of a program beside the agent: a mapping of one scope in a file of its own.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "config/finding.hpp"
#include "config/key_table.hpp"
#include "config/report.hpp"
#include "config/section.hpp"

namespace dsn::config {

/// Where dsn-record writes, and dsn-web reads.
inline constexpr char kDefaultHistoryFile[] = "/var/lib/dsn-record/history.sqlite";

struct ModuleFindings {
  std::vector<Finding> errors;  ///< if there are any, the configuration must not be used
  std::vector<Finding> warnings;
};

/// Gives the mapping of the file to `read`, which reports what is wrong with it. Nothing is given
/// if the file is empty, or if it is `default_path` and not there: all keys have their defaults
/// then. Never throws.
[[nodiscard]] ModuleFindings read_module_file(
    const std::string& path, const std::string& default_path, KeyScope scope,
    const std::function<void(const Section&, Report&)>& read);

/// A path in any configuration. A relative one is relative to the folder of the configuration,
/// since the working directory of a service is no place that anyone thinks of.
[[nodiscard]] std::string resolved(const std::string& config_path, const std::string& path);

}  // namespace dsn::config
