// SPDX-License-Identifier: Apache-2.0
// dsn listen: a line for each message that comes to this node.
#include "cli/command.hpp"
#include "cli/show/display_text.hpp"
#include "cli/show/pause.hpp"
#include "cli/show/table.hpp"
#include "cli/show/value_text.hpp"
#include "local/json/json_text.hpp"

namespace dsn::cli {
namespace {

using std::chrono::milliseconds;

/// How often the wait looks for a signal that came just before it.
constexpr milliseconds kTick{1000};
constexpr milliseconds kReconnectPause{1000};

class Listening {
 public:
  Listening(Context& context, const ListenOptions& options, std::string socket)
      : context_(context), options_(options), socket_(std::move(socket)) {}

  ExitCode run() {
    if (context_.output.is_terminal() && !options_.json) {
      say_to_stderr("listening; a line for each message: node, name, what it says. End: Ctrl-C\n");
    }
    bool complained = false;
    while (!is_over()) {
      const Result<void> ended = listen(complained);
      if (ended || is_over()) continue;
      if (is_for_good(ended.failure().code)) {
        complain(context_.program, ended.error());
        return ExitCode::usage;
      }
      if (!complained) complain(context_.program, ended.error() + "; trying again");
      complained = true;
      pause_for(kReconnectPause);
    }
    return written(context_);
  }

 private:
  static bool is_for_good(ErrorCode code) { return code == ErrorCode::invalid_argument; }

  [[nodiscard]] bool is_over() const {
    return stop_requested() || context_.output.broken() ||
           (options_.count && shown_ >= *options_.count);
  }

  /// Goes on until it is over, or the connection breaks.
  Result<void> listen(bool& complained) {
    Result<Client> client = Client::connect(socket_);
    if (!client) return client.failure();
    if (const Result<void> listening = client->listen(options_.names); !listening) {
      return listening;
    }
    if (complained) complain(context_.program, "connected to " + socket_ + " again");
    complained = false;
    while (!is_over()) {
      const auto message = client->next_message(kTick);
      if (!message) return message.failure();
      if (*message) show(**message);
    }
    return {};
  }

  void show(const Message& message) {
    ++shown_;
    context_.output.write(options_.json ? json_line(local::message_json(message))
                                        : tsv_line({message.from, message.name,
                                                    raw_value(message.payload), message.ask}));
  }

  Context& context_;
  const ListenOptions& options_;
  const std::string socket_;
  std::uint64_t shown_ = 0;
};

}  // namespace

ExitCode run(Context& context, const ListenOptions& options) {
  catch_stop_signals();
  const auto socket = socket_of(context, options.agent);
  if (!socket) return ExitCode::unreachable;
  return Listening(context, options, *socket).run();
}

}  // namespace dsn::cli
