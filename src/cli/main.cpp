// SPDX-License-Identifier: Apache-2.0
// The program `dsn`, which does as `dsn read` when it is called `dsn-read`.
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cli/arguments.hpp"
#include "cli/command.hpp"
#include "cli/show/display_text.hpp"

namespace dsn::cli {
namespace {

std::string base_name(std::string_view path) {
  return std::string(path.substr(path.rfind('/') + 1));
}

ExitCode run_program(int argc, char** argv) {
  use_utf8_widths();
  // Writing to a reader that went away fails, and ends the program without a word.
  std::signal(SIGPIPE, SIG_IGN);
  const bool only_read = argc > 0 && base_name(argv[0]) == "dsn-read";
  Context context{only_read ? "dsn-read" : "dsn", {}};
  auto parsed = parse_arguments(context.program, {argv + (argc > 0 ? 1 : 0), argv + argc});
  if (const auto* ended = std::get_if<Ended>(&parsed)) {
    if (ended->code != ExitCode::ok) {
      if (ended->help) {
        say_to_stderr(ended->text);
      } else {
        complain(context.program, ended->text);
      }
      return ended->code;
    }
    context.output.say(ended->text);
    return written(context);
  }
  return std::visit([&](const auto& options) { return run(context, options); },
                    std::get<Request>(parsed));
}

}  // namespace
}  // namespace dsn::cli

int main(int argc, char** argv) {
  try {
    return static_cast<int>(dsn::cli::run_program(argc, argv));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "dsn: %s\n", error.what());
    return static_cast<int>(dsn::cli::ExitCode::error);
  }
}
