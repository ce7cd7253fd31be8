// SPDX-License-Identifier: Apache-2.0
// What `dsn-read --watch` and `dsn top` show, and what keys do to it. Pure functions of what there
// is, of the view and of the key: nothing here knows of a terminal.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/show/trends.hpp"
#include "cli/show/watch_frame.hpp"
#include "dsn/reading.hpp"

namespace dsn::cli {

enum class Key {
  character,  ///< see KeyPress::character
  up,
  down,
  page_up,
  page_down,
  home,
  end,
  enter,
  escape,
  backspace,
  tab,
};

struct KeyPress {
  Key key = Key::character;
  char character = 0;
};

/// Takes the keys out of what a terminal sent. An escape sequence that is not known is left out.
[[nodiscard]] std::vector<KeyPress> keys_of(std::string_view bytes);

/// What the user looks at.
struct ScreenView {
  enum class Topic { readings, nodes };
  enum class Order { trouble, name, age };
  enum class Typing { nothing, search, filter };

  Topic topic = Topic::readings;
  std::optional<std::string> node{};  ///< the page of this node
  bool bad_only = false;
  Order order = Order::trouble;
  std::string filter{};  ///< only rows with this text
  std::string search{};
  Typing typing = Typing::nothing;
  std::size_t first = 0;                ///< the row at the top
  std::optional<std::size_t> chosen{};  ///< the row of the cursor; nothing before the first key
  bool ended = false;
};

/// What there is to look at.
struct World {
  std::vector<Reading> readings;
  std::vector<NodeInfo> nodes;
  Trends trends;
  std::vector<std::string> notes;  ///< the important one last
  bool keyboard = true;            ///< keys have an effect, and are told
};

/// The picture of a view. Its first row is moved so that the chosen one is on the screen.
[[nodiscard]] WatchFrame frame_of(const World& world, const ScreenView& view, TerminalSize size,
                                  bool colour, bool header = true);

/// The view after a key.
[[nodiscard]] ScreenView press(ScreenView view, KeyPress key, const World& world,
                               TerminalSize size);

}  // namespace dsn::cli
