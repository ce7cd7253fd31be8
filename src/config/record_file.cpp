// SPDX-License-Identifier: Apache-2.0
#include "config/record_file.hpp"

#include <fmt/format.h>

#include "config/document.hpp"

namespace dsn::config {
namespace {

constexpr std::size_t kPatternBytesMax = 256;

void read_patterns(const Section& section, RecordConfig& config, Report& report) {
  const YamlNode* patterns = section.list("readings");
  if (patterns == nullptr) return;
  config.readings.clear();
  for (const YamlNode& pattern : patterns->children) {
    const bool is_text = pattern.kind == YamlNode::Kind::scalar && !pattern.text.empty() &&
                         pattern.text.size() <= kPatternBytesMax;
    if (is_text) {
      config.readings.push_back(pattern.text);
    } else {
      report.error(pattern.at, fmt::format("a pattern must be a text of 1 to {} bytes, such as "
                                           "'attic/*', not {}",
                                           kPatternBytesMax, describe(pattern)));
    }
  }
}

void read_duration(const Section& section, std::string_view name, std::chrono::milliseconds& into) {
  if (const auto span = section.duration(name)) into = *span;
}

}  // namespace

LoadedRecord load_record(const std::string& path) {
  LoadedRecord result;
  RecordConfig& config = result.config;
  config.file = path;
  result.findings = read_module_file(path, kDefaultRecordFile, KeyScope::record,
                                     [&config](const Section& section, Report& report) {
                                       if (const auto file = section.text("database")) {
                                         config.database = resolved(config.file, *file);
                                       }
                                       read_patterns(section, config, report);
                                       read_duration(section, "raw", config.raw);
                                       read_duration(section, "minutes", config.minutes);
                                       read_duration(section, "hours", config.hours);
                                       read_duration(section, "every", config.every);
                                       if (const auto size = section.integer("size_max"))
                                         config.size_max = *size;
                                     });
  return result;
}

}  // namespace dsn::config
