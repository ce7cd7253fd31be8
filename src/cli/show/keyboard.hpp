// SPDX-License-Identifier: Apache-2.0
// The terminal while a picture is on it: its keys, its size, and Ctrl-Z.
#pragma once

#include <termios.h>

#include <string>

#include "cli/show/terminal.hpp"

namespace dsn::cli {

/// While this lives, keys come at once and are not shown, the cursor is hidden, and the screen is
/// the program's. Without a keyboard, as in a background job, there is only the picture.
class Screen {
 public:
  explicit Screen(Output& output);
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;
  ~Screen();

  [[nodiscard]] bool has_keyboard() const { return keyboard_; }
  /// What was typed since the last call; does not wait.
  [[nodiscard]] std::string typed() const;
  /// After Ctrl-Z: gives the terminal back, stops, and takes it again when the job goes on.
  void stop_if_asked();

 private:
  void take();
  void give_back();

  Output& output_;
  bool keyboard_;
  termios before_{};
};

}  // namespace dsn::cli
