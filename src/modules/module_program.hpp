// SPDX-License-Identifier: Apache-2.0
// What the programs beside the agent have in common: options, exit status, complaints.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "config/module_file.hpp"

namespace dsn::modules {

inline constexpr int kExitError = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitNotFound = 4;
inline constexpr int kExitConfiguration = 78;  // EX_CONFIG: the service manager does not try again

struct ProgramOptions {
  std::string config;  ///< path of the configuration
  std::string socket;  ///< path of the agent's socket
  bool check = false;  ///< only say what is wrong with the configuration
};

/// Says on standard error what is wrong, after the name of the program.
class Complaint {
 public:
  explicit Complaint(std::string program) : program_(std::move(program)) {}
  void operator()(const std::string& message) const;

 private:
  std::string program_;
};

/// Declares --config, with this default, --socket, --check and --version. `options` must outlive
/// the application.
void add_options(CLI::App& app, ProgramOptions& options, const std::string& default_config);

/// Nothing if the program is to go on; else its exit status: options that are wrong, or --help.
[[nodiscard]] std::optional<int> parse(CLI::App& app, int argc, char** argv);

/// Tells all errors and warnings of the configuration. Nothing if the program is to go on; else its
/// exit status: there are errors, or --check was given.
[[nodiscard]] std::optional<int> judge(const config::ModuleFindings& findings,
                                       const ProgramOptions& options, const Complaint& complain);

}  // namespace dsn::modules
