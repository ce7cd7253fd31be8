// SPDX-License-Identifier: Apache-2.0
#include "cli/show/browser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "cli/show/age_text.hpp"
#include "cli/show/display_text.hpp"
#include "cli/show/node_table.hpp"
#include "cli/show/reading_table.hpp"
#include "cli/show/value_text.hpp"
#include "cli/show/via_text.hpp"

namespace dsn::cli {
namespace {

constexpr const char* kHelp =
    "q quit  b bad only  / search  n next  f filter  s sort  Enter node  Tab nodes or readings";

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string text_of(const Reading& reading) {
  return reading.node + " " + reading.key + " " + raw_value(reading.value) + " " +
         status_text(reading);
}

std::string text_of(const NodeInfo& node) {
  return node.name + " " + to_string(node.state) + " " + node.reason + " " + node.address;
}

std::chrono::milliseconds age_of(const Reading& reading) { return reading.age; }
std::chrono::milliseconds age_of(const NodeInfo& node) { return node.heard; }

/// The rows of the view in their order.
template <typename Row>
std::vector<Row> rows_of(std::vector<Row> rows, const ScreenView& view) {
  std::erase_if(rows, [&](const Row& row) {
    return (view.bad_only && is_well(row)) || !has(text_of(row), view.filter);
  });
  if (view.order == ScreenView::Order::trouble) put_trouble_first(rows);
  if (view.order == ScreenView::Order::age) {
    std::ranges::stable_sort(rows, std::greater(), [](const Row& row) { return age_of(row); });
  }
  return rows;
}

bool shows_nodes(const ScreenView& view) {
  return view.topic == ScreenView::Topic::nodes && !view.node;
}

std::vector<Reading> readings_of(const World& world, const ScreenView& view) {
  std::vector<Reading> readings = world.readings;
  if (view.node) std::erase_if(readings, [&](const Reading& of) { return of.node != *view.node; });
  return rows_of(std::move(readings), view);
}

/// What is searched in, and the node of each row.
struct RowText {
  std::string node;
  std::string text;
};

std::vector<RowText> texts_of(const World& world, const ScreenView& view) {
  std::vector<RowText> texts;
  if (shows_nodes(view)) {
    for (const NodeInfo& row : rows_of(world.nodes, view))
      texts.push_back({row.name, text_of(row)});
  } else {
    for (const Reading& row : readings_of(world, view)) texts.push_back({row.node, text_of(row)});
  }
  return texts;
}

const char* word_of(ScreenView::Order order) {
  switch (order) {
    case ScreenView::Order::trouble:
      return "trouble first";
    case ScreenView::Order::name:
      return "by name";
    case ScreenView::Order::age:
      return "oldest first";
  }
  return "";
}

/// What is typed, or what the picture is of and which keys there are.
std::string key_line(const ScreenView& view) {
  if (view.typing == ScreenView::Typing::search) return "search: " + printable(view.search) + "_";
  if (view.typing == ScreenView::Typing::filter) return "filter: " + printable(view.filter) + "_";
  std::string text = word_of(view.order);
  if (view.bad_only) text += ", bad only";
  if (!view.filter.empty()) text += ", with '" + printable(view.filter) + "'";
  return text + "   " + (view.node ? "Esc back  " : "") + kHelp;
}

/// Above the readings of a node: how it is.
std::vector<std::string> page_head(const World& world, const std::string& name) {
  const auto node = std::ranges::find(world.nodes, name, &NodeInfo::name);
  if (node == world.nodes.end()) return {printable(name)};
  std::string line = printable(name) + ": " + to_string(node->state);
  if (!node->reason.empty()) line += ", " + printable(node->reason);
  line += fmt::format(", heard {} ago", format_age(node->heard));
  if (!node->via.empty()) line += ", " + via_text(node->via);
  if (!node->address.empty()) line += ", " + printable(node->address);
  if (!node->program.empty()) line += ", version " + printable(node->program);
  return {line};
}

void show_nodes(WatchFrame& frame, const World& world, const ScreenView& view,
                const TableStyle& style) {
  const std::vector<NodeInfo> rows = rows_of(world.nodes, view);
  frame.table = node_table(rows, style);
  for (const NodeInfo& row : rows) frame.well.push_back(is_well(row));
  frame.summary = node_summary(world.nodes);
}

void show_readings(WatchFrame& frame, const World& world, const ScreenView& view,
                   const TableStyle& style) {
  const std::vector<Reading> rows = readings_of(world, view);
  ReadingTableOptions options;
  options.style = style;
  options.trends = world.trends.lines(rows);
  options.max_age = view.node.has_value();
  frame.table = reading_table(rows, options);
  for (const Reading& row : rows) frame.well.push_back(is_well(row));
  frame.summary = reading_summary(world.readings);
  if (view.node) frame.head = page_head(world, *view.node);
}

void move_to(ScreenView& view, std::size_t row, std::size_t rows) {
  if (rows == 0) {
    view.chosen.reset();
    return;
  }
  view.chosen = std::min(row, rows - 1);
}

void find_next(ScreenView& view, const std::vector<RowText>& rows) {
  const std::size_t begin = view.chosen ? *view.chosen + 1 : 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::size_t row = (begin + i) % rows.size();
    if (has(rows[row].text, view.search)) return move_to(view, row, rows.size());
  }
}

ScreenView type(ScreenView view, KeyPress key, const World& world) {
  std::string& text = view.typing == ScreenView::Typing::search ? view.search : view.filter;
  switch (key.key) {
    case Key::character:
      text += key.character;
      break;
    case Key::backspace:
      if (!text.empty()) text.pop_back();
      break;
    case Key::enter:
      if (view.typing == ScreenView::Typing::search) find_next(view, texts_of(world, view));
      view.typing = ScreenView::Typing::nothing;
      break;
    case Key::escape:
      text.clear();
      view.typing = ScreenView::Typing::nothing;
      break;
    case Key::up:
    case Key::down:
    case Key::page_up:
    case Key::page_down:
    case Key::home:
    case Key::end:
    case Key::tab:
      break;
  }
  if (view.typing == ScreenView::Typing::filter) {
    view.chosen.reset();
    view.first = 0;
  }
  return view;
}

/// Another list begins at its top.
ScreenView begun(ScreenView view) {
  view.chosen.reset();
  view.first = 0;
  return view;
}

ScreenView press_character(ScreenView view, char character, const World& world) {
  switch (character) {
    case 'q':
      view.ended = true;
      return view;
    case 'b':
      view.bad_only = !view.bad_only;
      return begun(std::move(view));
    case 's':
      view.order = view.order == ScreenView::Order::trouble ? ScreenView::Order::name
                   : view.order == ScreenView::Order::name  ? ScreenView::Order::age
                                                            : ScreenView::Order::trouble;
      return begun(std::move(view));
    case '/':
      view.typing = ScreenView::Typing::search;
      view.search.clear();
      return view;
    case 'f':
      view.typing = ScreenView::Typing::filter;
      view.filter.clear();
      return begun(std::move(view));
    case 'n':
      if (!view.search.empty()) find_next(view, texts_of(world, view));
      return view;
    default:
      return view;
  }
}

/// The page of the chosen row's node.
ScreenView open_node(ScreenView view, const World& world) {
  const std::vector<RowText> rows = texts_of(world, view);
  if (view.node || rows.empty()) return view;
  view.node = rows[std::min(view.chosen.value_or(0), rows.size() - 1)].node;
  return begun(std::move(view));
}

ScreenView go_back(ScreenView view) {
  if (view.node) {
    view.node.reset();
  } else {
    view.filter.clear();
    view.bad_only = false;
  }
  return begun(std::move(view));
}

ScreenView change_list(ScreenView view) {
  view.node.reset();
  view.topic = shows_nodes(view) ? ScreenView::Topic::readings : ScreenView::Topic::nodes;
  return begun(std::move(view));
}

/// The first row of the picture, so that the chosen one is in it.
std::size_t first_shown(const ScreenView& view, std::size_t rows, std::size_t fit) {
  std::size_t first = std::min(view.first, rows - std::min(rows, fit));
  if (!view.chosen) return first;
  first = std::min(first, *view.chosen);
  return *view.chosen >= first + fit ? *view.chosen + 1 - fit : first;
}

ScreenView scroll(ScreenView view, Key key, const World& world, TerminalSize size) {
  const WatchFrame frame = frame_of(world, view, size, false);
  const std::size_t rows = frame.well.size();
  const std::size_t page = std::max<std::size_t>(rows_that_fit(frame, size), 1);
  const std::size_t now = view.chosen.value_or(0);
  if (key == Key::up) move_to(view, now - std::min<std::size_t>(now, 1), rows);
  if (key == Key::down) move_to(view, view.chosen ? now + 1 : 0, rows);
  if (key == Key::page_up) move_to(view, now - std::min(now, page), rows);
  if (key == Key::page_down) move_to(view, now + page, rows);
  if (key == Key::home) move_to(view, 0, rows);
  if (key == Key::end) move_to(view, rows, rows);
  view.first = first_shown(view, rows, page);
  return view;
}

}  // namespace

WatchFrame frame_of(const World& world, const ScreenView& view, TerminalSize size, bool colour,
                    bool header) {
  const TableStyle style{.colour = colour, .titles = header, .width_max = size.columns};
  WatchFrame frame;
  frame.titles = header;
  if (shows_nodes(view)) {
    show_nodes(frame, world, view, style);
  } else {
    show_readings(frame, world, view, style);
  }
  frame.notes = world.notes;
  if (world.keyboard) frame.notes.insert(frame.notes.begin(), key_line(view));
  const std::size_t rows = frame.well.size();
  ScreenView shown = view;
  if (shown.chosen && rows > 0) shown.chosen = std::min(*shown.chosen, rows - 1);
  if (rows == 0) shown.chosen.reset();
  frame.first = first_shown(shown, rows, std::max<std::size_t>(rows_that_fit(frame, size), 1));
  frame.chosen = shown.chosen;
  return frame;
}

ScreenView press(ScreenView view, KeyPress key, const World& world, TerminalSize size) {
  if (view.typing != ScreenView::Typing::nothing) return type(std::move(view), key, world);
  switch (key.key) {
    case Key::character:
      return press_character(std::move(view), key.character, world);
    case Key::up:
    case Key::down:
    case Key::page_up:
    case Key::page_down:
    case Key::home:
    case Key::end:
      return scroll(std::move(view), key.key, world, size);
    case Key::enter:
      return open_node(std::move(view), world);
    case Key::escape:
    case Key::backspace:
      return go_back(std::move(view));
    case Key::tab:
      return change_list(std::move(view));
  }
  return view;
}

std::vector<KeyPress> keys_of(std::string_view bytes) {
  static constexpr std::pair<std::string_view, Key> kSequences[] = {
      {"\x1b[A", Key::up},    {"\x1bOA", Key::up},       {"\x1b[B", Key::down},
      {"\x1bOB", Key::down},  {"\x1b[5~", Key::page_up}, {"\x1b[6~", Key::page_down},
      {"\x1b[H", Key::home},  {"\x1bOH", Key::home},     {"\x1b[1~", Key::home},
      {"\x1b[F", Key::end},   {"\x1bOF", Key::end},      {"\x1b[4~", Key::end},
      {"\r", Key::enter},     {"\n", Key::enter},        {"\x7f", Key::backspace},
      {"\b", Key::backspace}, {"\t", Key::tab}};
  std::vector<KeyPress> keys;
  while (!bytes.empty()) {
    const auto known = std::ranges::find_if(
        kSequences, [&](const auto& sequence) { return bytes.starts_with(sequence.first); });
    if (known != std::end(kSequences)) {
      keys.push_back({known->second});
      bytes.remove_prefix(known->first.size());
    } else if (bytes.starts_with("\x1b[") || bytes.starts_with("\x1bO")) {
      // Up to its last byte, which is a letter or a tilde.
      std::size_t end = 2;
      while (end < bytes.size() && (bytes[end] < '@' || bytes[end] > '~')) ++end;
      bytes.remove_prefix(std::min(end + 1, bytes.size()));
    } else {
      if (bytes.front() == '\x1b') keys.push_back({Key::escape});
      if (static_cast<unsigned char>(bytes.front()) >= ' ')
        keys.push_back({Key::character, bytes.front()});
      bytes.remove_prefix(1);
    }
  }
  return keys;
}

}  // namespace dsn::cli
