// SPDX-License-Identifier: Apache-2.0
#include "config/exposure.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "file/root_only.hpp"

namespace dsn::config {
namespace {

void look(const std::string& path, const char* better_folder, Mark at, Report& report) {
  if (::geteuid() != 0) return;
  const auto weakness = file::find_weakness(path);
  if (!weakness) return;
  const std::string cure =
      weakness->cure.empty()
          ? fmt::format("move {} to a folder of root's, such as {}", path, better_folder)
          : fmt::format("run '{}'", weakness->cure);
  report.exposure(at, fmt::format("others than root may change {}, and an agent of root would do "
                                  "what they write, because {} {}: {}, or run the agent as a user "
                                  "of its own (docs/packaging.md)",
                                  path, weakness->path, weakness->why, cure));
}

/// Programs that do what is in a file, with versions in their names: python3.11.
bool is_interpreter(std::string_view program) {
  constexpr std::array<std::string_view, 9> kNames{"sh",  "python", "perl", "ruby", "node",
                                                   "lua", "php",    "env",  "tclsh"};
  program.remove_prefix(program.rfind('/') + 1);
  program = program.substr(0, program.find_last_not_of("0123456789.") + 1);
  return program.ends_with("sh") || std::ranges::find(kNames, program) != kNames.end();
}

}  // namespace

void look_for_exposure(const std::string& file, Report& report) {
  look(file, "/etc/dsn", {}, report);
}

void look_for_exposure(const std::vector<std::string>& command, Mark at, Report& report) {
  constexpr char kFolder[] = "/usr/local/bin";
  look(command[0], kFolder, at, report);
  if (!is_interpreter(command[0])) return;
  const auto script = std::find_if(command.begin() + 1, command.end(),
                                   [](const std::string& word) { return word.starts_with('/'); });
  if (script != command.end()) look(*script, kFolder, at, report);
}

}  // namespace dsn::config
