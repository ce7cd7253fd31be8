// SPDX-License-Identifier: Apache-2.0
// The agent reads its configuration again: all of it is taken, or nothing.
#include <sys/stat.h>

#include <algorithm>

#include "agent/agent.hpp"
#include "agent/config_diff.hpp"
#include "agent/log.hpp"
#include "node/clock.hpp"
#include "node/readings_view.hpp"

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
  return config::load(path, system_root);
}

std::vector<std::string> texts(const std::vector<config::Finding>& findings) {
  std::vector<std::string> all;
  for (const config::Finding& finding : findings) all.push_back(finding.to_string());
  return all;
}

}  // namespace

ReloadReport Agent::reload() {
  service_.reloading();
  config::LoadResult loaded = load_again(config_.file, system_root_);
  std::vector<config::Finding> errors = std::move(loaded.errors);
  if (errors.empty()) errors = sampler_.configure(loaded.config.sensors, system_root_);
  reload_errors_ = texts(errors);
  ReloadReport report;
  if (errors.empty()) {
    report = compare(config_, loaded.config);
    next_start_ = report.next_start;
    config_ = take_over(config_, std::move(loaded.config));
    apply(report.changed);
  }
  report.errors = reload_errors_;
  report.warnings = texts(loaded.warnings);
  log_reload(report);
  service_.ready(node::now(), service_line());
  return report;
}

void Agent::apply(const std::vector<std::string>& changed) {
  const auto has_changed = [&changed](const char* key) {
    return std::ranges::find(changed, key) != changed.end();
  };
  if (has_changed("hooks")) {
    hooks_.configure(config_.hooks, [this] { return node::present(node_, node::now()); });
  }
  if (has_changed("bootstrap_nodes")) driver_.set_bootstraps(config_.bootstrap_nodes);
  if (has_changed("interfaces") && transport_) transport_->set_interfaces(config_.interfaces);
}

void Agent::log_reload(const ReloadReport& report) const {
  for (const std::string& warning : report.warnings) log_warning("{}", warning);
  for (const std::string& error : report.errors) log_error("{}", error);
  if (!report.applied) {
    log_error("{} is wrong: going on with the configuration as it was", config_.file);
    return;
  }
  log_info("{} was read again: {}", config_.file, summary(report));
  for (const std::string& key : report.next_start) log_warning("{}", next_start_text(key));
}

std::vector<std::string> Agent::reload_warnings() const {
  std::vector<std::string> all;
  if (!reload_errors_.empty()) {
    std::string text = "the configuration was not taken: " + reload_errors_.front();
    if (const std::size_t more = reload_errors_.size() - 1; more > 0) {
      text += " (and " + std::to_string(more) + " more; see: dsn reload)";
    }
    all.push_back(std::move(text));
  }
  for (const std::string& key : next_start_) all.push_back(next_start_text(key));
  return all;
}

}  // namespace dsn::agent
