// SPDX-License-Identifier: Apache-2.0
#include "config/module_files.hpp"

#include <array>

#include "config/mqtt_file.hpp"
#include "config/record_file.hpp"
#include "config/web_file.hpp"

namespace dsn::config {
namespace {

constexpr auto kModuleFiles = std::to_array<ModuleFile>({
    {"mqtt.yaml", [](const std::string& path) { return load_mqtt(path).findings; }},
    {"record.yaml", [](const std::string& path) { return load_record(path).findings; }},
    {"web.yaml", [](const std::string& path) { return load_web(path).findings; }},
});

}  // namespace

std::span<const ModuleFile> module_files() { return kModuleFiles; }

}  // namespace dsn::config
