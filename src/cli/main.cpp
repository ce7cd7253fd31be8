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

struct Runner {
  Context& context;
  ExitCode operator()(const ReadOptions& options) const { return run_read(context, options); }
  ExitCode operator()(const NodesOptions& options) const { return run_nodes(context, options); }
  ExitCode operator()(const SetOptions& options) const { return run_set(context, options); }
  ExitCode operator()(const UnsetOptions& options) const { return run_unset(context, options); }
  ExitCode operator()(const StatusOptions& options) const { return run_status(context, options); }
  ExitCode operator()(const ForgetOptions& options) const { return run_forget(context, options); }
  ExitCode operator()(const LeaveOptions& options) const { return run_leave(context, options); }
  ExitCode operator()(const ReloadOptions& options) const { return run_reload(context, options); }
  ExitCode operator()(const CheckOptions& options) const { return run_check(context, options); }
  ExitCode operator()(const KeyNewOptions& options) const { return run_key_new(context, options); }
  ExitCode operator()(const KeyInviteOptions& options) const {
    return run_key_invite(context, options);
  }
  ExitCode operator()(const InitOptions& options) const { return run_init(context, options); }
  ExitCode operator()(const JoinOptions& options) const { return run_join(context, options); }
  ExitCode operator()(const DemoOptions& options) const { return run_demo(context, options); }
  ExitCode operator()(const DemoSignalOptions& options) const {
    return run_demo_signal(context, options);
  }
};

std::string base_name(std::string_view path) {
  return std::string(path.substr(path.rfind('/') + 1));
}

ExitCode run(int argc, char** argv) {
  use_utf8_widths();
  // A reader that went away is seen where we write, and ends us without a word.
  std::signal(SIGPIPE, SIG_IGN);
  const bool only_read = argc > 0 && base_name(argv[0]) == "dsn-read";
  Context context{only_read ? "dsn-read" : "dsn", {}};
  auto parsed = parse_arguments(context.program, {argv + (argc > 0 ? 1 : 0), argv + argc});
  if (const auto* ended = std::get_if<Ended>(&parsed)) {
    if (ended->code != ExitCode::ok) {
      complain(context.program, ended->text);
      return ended->code;
    }
    context.output.write(ended->text);
    return written(context);
  }
  return std::visit(Runner{context}, std::get<Request>(parsed));
}

}  // namespace
}  // namespace dsn::cli

int main(int argc, char** argv) {
  try {
    return static_cast<int>(dsn::cli::run(argc, argv));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "dsn: %s\n", error.what());
    return static_cast<int>(dsn::cli::ExitCode::error);
  }
}
