// SPDX-License-Identifier: Apache-2.0
#include "config/module_file.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

#include "config/config_file.hpp"
#include "config/document.hpp"

namespace dsn::config {

ModuleFindings read_module_file(const std::string& path, const std::string& default_path,
                                KeyScope scope,
                                const std::function<void(const Section&, Report&)>& read) {
  const bool is_missing =
      path == default_path && access(path.c_str(), F_OK) != 0 && errno == ENOENT;
  if (is_missing) return {};
  Report report(path);
  if (auto file = read_file(path); !file) {
    report.error({}, file.error());
  } else if (auto root = parse_document(file->text, report);
             root && root->kind == YamlNode::Kind::mapping) {
    read(Section(*root, scope, "", report), report);
  } else if (root && root->kind != YamlNode::Kind::null) {
    report.error(root->at, fmt::format("this must be a mapping of keys, such as '{}: ...', not {}",
                                       names_in(scope).front(), describe(*root)));
  }
  return {report.take_errors(), report.take_warnings()};
}

std::string resolved(const std::string& config_path, const std::string& path) {
  return path.starts_with('/') ? path : folder_of(config_path) + path;
}

}  // namespace dsn::config
