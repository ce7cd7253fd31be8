// SPDX-License-Identifier: Apache-2.0
#include "cli/show/module_table.hpp"

#include <fmt/format.h>
#include <pwd.h>

#include "cli/show/display_text.hpp"

namespace dsn::cli {
namespace {

std::string user_name(std::uint32_t uid) {
  const passwd* entry = ::getpwuid(uid);
  return entry != nullptr ? entry->pw_name : std::to_string(uid);
}

}  // namespace

std::string module_does(const ModuleInfo& module) {
  std::string text;
  const auto add = [&text](const std::string& part) { text += (text.empty() ? "" : "; ") + part; };
  if (module.subscribed) add("subscribed");
  if (!module.listens_to.empty()) {
    std::string names;
    for (const std::string& name : module.listens_to) names += " " + name;
    add("listens to" + names);
  }
  if (module.keys_held > 0) add("holds " + counted(module.keys_held, "key"));
  if (module.messages > 0) add(counted(module.messages, "message"));
  return text;
}

std::string module_table(const std::vector<ModuleInfo>& modules, const TableStyle& style) {
  Table table({{"MODULE"}, {"VERSION"}, {"PID", true}, {"USER"}, {"DOES"}},
              {{"USER", 0}, {"VERSION", 0}, {"PID", 0}, {"MODULE", 8}});
  for (const ModuleInfo& module : modules) {
    table.add({{printable(module.name)},
               {printable(module.version)},
               {std::to_string(module.pid)},
               {printable(user_name(module.uid))},
               {printable(module_does(module))}});
  }
  return table.render(style);
}

std::string module_tsv(const ModuleInfo& module) {
  return tsv_line({module.name, module.version, std::to_string(module.pid), user_name(module.uid),
                   module_does(module)});
}

}  // namespace dsn::cli
