// SPDX-License-Identifier: Apache-2.0
// Questions to whoever sits at the terminal, and secrets that they type.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cli/show/terminal.hpp"
#include "crypto/secret_text.hpp"

namespace dsn::cli {

/// Whether somebody can be asked: input and output are a terminal.
[[nodiscard]] bool can_ask();

/// The next line of standard input without blanks around it; nothing at its end, or at Ctrl-C once
/// catch_stop_signals() was called.
[[nodiscard]] std::optional<std::string> read_answer();

/// The same for a secret: a terminal does not show what is typed behind the question. False at the
/// end of the input, and if the line has more than `size_max` bytes.
[[nodiscard]] bool read_secret(Output& output, std::string_view question, crypto::SecretText& line,
                               std::size_t size_max);

}  // namespace dsn::cli
