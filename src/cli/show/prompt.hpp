// SPDX-License-Identifier: Apache-2.0
// Questions to the user at the terminal, and secrets that are typed there.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cli/show/terminal.hpp"
#include "crypto/secret_text.hpp"

namespace dsn::cli {

/// Whether questions are possible: input and output are a terminal.
[[nodiscard]] bool can_ask();

/// The next line of standard input without blanks around it; nothing at its end, or at Ctrl-C once
/// catch_stop_signals() was called.
[[nodiscard]] std::optional<std::string> read_answer();

/// The same for a secret: the terminal does not show what is typed after the question. False at the
/// end of the input, and if the line has more than `size_max` bytes.
[[nodiscard]] bool read_secret(Output& output, std::string_view question, crypto::SecretText& line,
                               std::size_t size_max);

}  // namespace dsn::cli
