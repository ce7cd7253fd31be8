// SPDX-License-Identifier: Apache-2.0
// What dsn init and dsn join write to the terminal, and what they ask there.
#pragma once

#include <string>
#include <string_view>

#include "cli/setup/setup_plan.hpp"
#include "cli/show/terminal.hpp"
#include "crypto/network_key.hpp"
#include "dsn/result.hpp"

namespace dsn::cli {

class SetupDialog {
 public:
  explicit SetupDialog(Output& output) : output_(output) {}

  /// Writes a line such as "found     1-wire ...".
  void say(std::string_view word, std::string_view text);
  /// Writes a line with a command to type, and what it does.
  void say_step(std::string_view word, std::string_view command, std::string_view meaning);
  /// Writes an invite, which is a secret, on a line of its own.
  void show_invite(const crypto::NetworkAccess& access);

  /// Asks a question; anything but yes is no.
  [[nodiscard]] bool agrees(std::string_view question);

  /// Asks for an invite, or reads one or a key file that is no terminal. A terminal is asked again
  /// after a mistake.
  [[nodiscard]] Result<crypto::NetworkAccess> read_invite();

  /// Asks under which key to publish each sensor that was found; with `yes` it only says what is
  /// taken. False if the input ends before the last answer.
  [[nodiscard]] bool choose_sensors(SetupPlan& plan, bool yes);

 private:
  [[nodiscard]] bool ask(const SetupPlan& plan, Proposal& proposal, const std::string& text);

  Output& output_;
};

}  // namespace dsn::cli
