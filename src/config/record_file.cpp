// SPDX-License-Identifier: Apache-2.0
#include "config/record_file.hpp"

#include "config/document.hpp"
#include "config/patterns.hpp"

namespace dsn::config {
namespace {

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
                                       if (const YamlNode* list = section.list("readings")) {
                                         config.readings = read_reading_patterns(*list, report);
                                       }
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
