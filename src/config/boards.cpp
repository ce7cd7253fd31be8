// SPDX-License-Identifier: Apache-2.0
#include "config/boards.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/bytes.hpp"
#include "config/config_file.hpp"
#include "config/embedded.hpp"
#include "config/scalar.hpp"

namespace dsn::config {
namespace {

constexpr char kFallback[] = "generic-linux";
constexpr char kRevision[] = "/sys/firmware/devicetree/base/system/linux,revision";
constexpr char kCompatible[] = "/sys/firmware/devicetree/base/compatible";

std::vector<std::string> texts(const Section& section, std::string_view name,
                               const std::string& where, Report& report) {
  std::vector<std::string> result;
  const YamlNode* list = section.list(name);
  if (list == nullptr) return result;
  for (const YamlNode& node : list->children) {
    if (node.kind == YamlNode::Kind::scalar) {
      result.push_back(node.text);
    } else {
      report.error(node.at, fmt::format("an entry of '{}' in {} must be text, not {}", name, where,
                                        describe(node)));
    }
  }
  return result;
}

void read_gpio(const Section& section, Board& board, const std::string& where, Report& report) {
  const YamlNode* gpio = section.mapping("gpio");
  if (gpio == nullptr) return;
  const std::string gpio_where = fmt::format("'gpio' of {}", where);
  const Section inner(*gpio, KeyScope::board_gpio, gpio_where, report);
  inner.check("chip");
  const YamlNode* lines = inner.mapping("lines");
  if (lines == nullptr) return;
  for (const auto& [pin, line] : lines->members()) {
    if (line.kind == YamlNode::Kind::scalar) {
      board.lines.emplace(pin.text, line.text);
    } else {
      report.error(line.at, fmt::format("the line of {} in {} must be text, not {}",
                                        shown(pin.text), gpio_where, describe(line)));
    }
  }
}

void check_buses(const Section& section, const std::string& where, Report& report) {
  const YamlNode* buses = section.list("buses");
  if (buses == nullptr) return;
  for (const YamlNode& bus : buses->children) {
    const std::string bus_where = fmt::format("a bus of {}", where);
    if (bus.kind != YamlNode::Kind::mapping) {
      report.error(bus.at, fmt::format("{} must be a mapping, not {}", bus_where, describe(bus)));
      continue;
    }
    const Section inner(bus, KeyScope::board_bus, bus_where, report);
    for (const std::string_view name : names_in(KeyScope::board_bus)) inner.check(name);
    if (!inner.has("name")) report.error(bus.at, "'name' is missing in " + bus_where);
  }
}

/// "linux,revision=2": two models of Raspberry Pi with different pins have the same names
/// otherwise. Empty on other machines.
std::string revision_name(const std::string& system_root) {
  const auto content = read_file(system_root + kRevision);
  if (!content || content->text.size() != 4) return "";
  const ByteView bytes = as_bytes(content->text);
  // The first byte of an old code has only a mark that the warranty is void.
  const unsigned revision = bytes[1] * 0x10000U + bytes[2] * 0x100U + bytes[3];
  return fmt::format("linux,revision={:x}", revision);
}

/// What the firmware calls this machine, from the most exact name on.
std::vector<std::string> compatible_names(const std::string& system_root) {
  std::vector<std::string> names = {revision_name(system_root)};
  const auto content = read_file(system_root + kCompatible);
  if (!content) return names;
  for (std::size_t at = 0; at < content->text.size();) {
    const std::size_t end = std::min(content->text.find('\0', at), content->text.size());
    names.push_back(content->text.substr(at, end - at));
    at = end + 1;
  }
  return names;
}

/// The board whose `compatible` has the most exact name of this machine.
std::string detect(Library& library, const std::string& system_root) {
  for (const std::string& name : compatible_names(system_root)) {
    for (const std::string& candidate : library.names()) {
      const Library::LibraryFile* entry = library.find(candidate);
      if (entry == nullptr || !entry->root) continue;
      const YamlNode* compatible = entry->root->find("compatible");
      if (compatible == nullptr) continue;
      const auto& known = compatible->children;
      if (std::ranges::find(known, name, &YamlNode::text) != known.end()) return candidate;
    }
  }
  return kFallback;
}

/// "pin3 pin5 pin10", in the order of the header.
std::string pins(const Board& board) {
  std::set<std::pair<std::size_t, std::string_view>> by_size;
  for (const auto& [pin, line] : board.lines) by_size.emplace(pin.size(), pin);
  std::string text;
  for (const auto& [size, name] : by_size) text.append(text.empty() ? "" : " ").append(name);
  return text;
}

}  // namespace

Board read_board_file(const YamlNode& root, const std::string& name, Report& report) {
  const std::string where = fmt::format("board {}", shown(name));
  const Section section(root, KeyScope::board, where, report);
  Board board{.name = name};
  section.check("description");
  section.check("target");
  (void)texts(section, "compatible", where, report);
  read_gpio(section, board, where, report);
  check_buses(section, where, report);
  if (const YamlNode* sensors = section.mapping("sensors")) board.sensors = *sensors;
  return board;
}

std::optional<Board> read_board(const Section& section, Library& library,
                                const std::optional<std::string>& system_root, Report& report) {
  const std::string asked = section.text("board").value_or(std::string(default_board()));
  if (asked.empty()) return std::nullopt;
  const std::string name =
      asked != "auto" ? asked : (system_root ? detect(library, *system_root) : kFallback);
  const Library::LibraryFile* entry = library.find(name);
  if (entry == nullptr) {
    report.error(section.value_mark("board"),
                 fmt::format("unknown board {}{}; or auto", shown(name), library.hint(name)));
    return std::nullopt;
  }
  if (!entry->root) return std::nullopt;
  return read_board_file(*entry->root, name, report);
}

void name_gpio_line(SensorConfig& sensor, const Board* board, Mark at, const std::string& where,
                    Report& report) {
  if (sensor.driver != "gpio") return;
  const auto option = sensor.options.find("line");
  if (option == sensor.options.end()) return;
  std::string& line = option->second;
  if (board != nullptr) {
    if (const auto known = board->lines.find(line); known != board->lines.end()) {
      line = known->second;
      return;
    }
  }
  if (!line.starts_with("pin") || line.find_first_not_of("0123456789", 3) != std::string::npos) {
    return;
  }
  if (board == nullptr) {
    report.error(at, fmt::format("{} in {} is a pin of a header: say of which with 'board: auto', "
                                 "or name the line, such as GPIO17",
                                 shown(line), where));
  } else if (board->lines.empty()) {
    report.error(at, fmt::format("{} in {}: board '{}' has no pins with names; name the line as "
                                 "gpioinfo does, such as GPIO17",
                                 shown(line), where, board->name));
  } else {
    report.error(at, fmt::format("{} in {} is no GPIO of board '{}'; its GPIOs are {}", shown(line),
                                 where, board->name, pins(*board)));
  }
}

}  // namespace dsn::config
