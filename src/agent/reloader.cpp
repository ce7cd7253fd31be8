// SPDX-License-Identifier: Apache-2.0
#include "agent/reloader.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "agent/config_diff.hpp"
#include "agent/log.hpp"
#include "config/load.hpp"
#include "embedded/node_config.hpp"

namespace dsn::agent {
namespace {

/// A pipe that the configuration came from is empty by now, and would block the loop.
config::LoadResult load_again(const std::string& path, const std::string& system_root) {
  struct stat status {};
  if (stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
    config::LoadResult result;
    result.errors.push_back({{path, 0, 0}, "is no regular file, and cannot be read again"});
    return result;
  }
  config::LoadResult result = config::load(path, system_root);
  result.refuse_exposures();
  return result;
}

std::vector<std::string> texts(const std::vector<config::Finding>& findings) {
  std::vector<std::string> all;
  for (const config::Finding& finding : findings) all.push_back(finding.to_string());
  return all;
}

}  // namespace

ReloadReport Reloader::reload() {
  config::LoadResult loaded = load_again(to_.config.file, to_.system_root);
  std::vector<config::Finding> errors = std::move(loaded.errors);
  if (errors.empty()) errors = to_.sampler.configure(loaded.config.sensors, to_.system_root);
  errors_ = texts(errors);
  ReloadReport report;
  if (errors.empty()) {
    report = compare(to_.config, loaded.config);
    next_start_ = report.next_start;
    to_.config = take_over(to_.config, std::move(loaded.config));
    apply(report.changed);
  }
  report.errors = errors_;
  report.warnings = texts(loaded.warnings);
  log(report);
  return report;
}

void Reloader::apply(const std::vector<std::string>& changed) {
  const auto has_changed = [&changed](const char* key) {
    return std::ranges::find(changed, key) != changed.end();
  };
  if (has_changed("hooks") || has_changed("commands")) {
    to_.hooks.configure(to_.config.hooks, to_.config.commands);
  }
  if (has_changed("databases")) to_.node.set_databases(embedded::databases(to_.config));
  if (has_changed("expect")) to_.node.set_expected(to_.config.expect);
  if (has_changed("retain")) to_.node.set_retain(to_.config.retain);
  if (has_changed("bootstrap_nodes"))
    to_.node.set_bootstraps(embedded::bootstrap_nodes(to_.config));
  if (has_changed("interfaces")) to_.node.set_interfaces(to_.config.interfaces);
}

void Reloader::log(const ReloadReport& report) const {
  for (const std::string& warning : report.warnings) log_warning("{}", warning);
  for (const std::string& error : report.errors) log_error("{}", error);
  const std::string& file = to_.config.file;
  if (!report.applied) {
    log_error("{} is wrong: going on with the configuration as it was", file);
    return;
  }
  log_info("{} was read again: {}", file, summary(report));
  for (const std::string& key : report.next_start) log_warning("{}", next_start_text(key));
}

std::vector<std::string> Reloader::warnings() const {
  std::vector<std::string> all;
  if (!errors_.empty()) {
    std::string text = "the configuration was not taken: " + errors_.front();
    if (const std::size_t more = errors_.size() - 1; more > 0) {
      text += " (and " + std::to_string(more) + " more; see: dsn reload)";
    }
    all.push_back(std::move(text));
  }
  for (const std::string& key : next_start_) all.push_back(next_start_text(key));
  return all;
}

}  // namespace dsn::agent
