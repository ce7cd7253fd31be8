// SPDX-License-Identifier: Apache-2.0
#include "config/library.hpp"

#include <algorithm>

#include "base/suggest.hpp"
#include "config/config_file.hpp"
#include "config/embedded.hpp"
#include "config/exposure.hpp"
#include "config/section.hpp"

namespace dsn::config {

Library::Library(std::string kind, std::optional<std::string> folder, Report& report)
    : kind_(std::move(kind)), folder_(std::move(folder)), report_(report) {}

const Library::LibraryFile* Library::find(const std::string& name) {
  if (const auto known = read_.find(name); known != read_.end()) return &known->second;
  const auto all = names();
  if (std::ranges::find(all, name) == all.end()) return nullptr;
  LibraryFile& entry = read_[name];
  const std::string file = kind_ + "/" + name + ".yaml";
  if (folder_) {
    auto content = read_file(*folder_ + file);
    if (content) {
      entry.root = parse(content->text, *folder_ + file);
      look_for_exposure(*folder_ + file, report_);
      return &entry;
    }
  }
  for (const EmbeddedFile& embedded : embedded_files()) {
    if (embedded.kind != kind_ || embedded.name != name) continue;
    entry.root = parse(embedded.text, "built-in " + file);
    return &entry;
  }
  report_.error(report_.add_file(*folder_ + file), "cannot be read");
  return &entry;
}

std::optional<YamlNode> Library::parse(std::string_view text, std::string file) {
  const Mark begin = report_.add_file(std::move(file));
  auto root = parse_document(text, report_, begin.file);
  if (!root || root->kind == YamlNode::Kind::mapping) return root;
  report_.error(begin, "this must be a mapping of keys, not " + describe(*root));
  return std::nullopt;
}

std::vector<std::string> Library::names() const {
  std::vector<std::string> all;
  if (folder_) all = yaml_files_in(*folder_ + kind_);
  for (const EmbeddedFile& file : embedded_files()) {
    if (file.kind == kind_) all.emplace_back(file.name);
  }
  std::ranges::sort(all);
  const auto rest = std::ranges::unique(all);
  all.erase(rest.begin(), rest.end());
  return all;
}

std::string Library::hint(const std::string& name) const {
  const auto all = names();
  std::string text = did_you_mean(name, {std::vector<std::string_view>(all.begin(), all.end())});
  text += "; known:";
  for (const std::string& known : all) text.append(" ").append(known);
  return text;
}

}  // namespace dsn::config
