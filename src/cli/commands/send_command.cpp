// SPDX-License-Identifier: Apache-2.0
// dsn send, dsn ask, dsn emit, dsn reply: messages to other nodes.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "cli/command.hpp"
#include "cli/show/display_text.hpp"
#include "cli/show/payload_argument.hpp"
#include "cli/show/value_text.hpp"
#include "local/json/json_text.hpp"

namespace dsn::cli {
namespace {

std::string listeners_text(std::uint64_t listeners) {
  return fmt::format("{} listener{}", listeners, listeners == 1 ? "" : "s");
}

ExitCode code_of(Delivery delivery) {
  switch (delivery) {
    case Delivery::delivered:
      return ExitCode::ok;
    case Delivery::nobody_listens:
    case Delivery::refused:
    case Delivery::busy:
    case Delivery::failed:
      return ExitCode::not_taken;
    case Delivery::unanswered:
    case Delivery::restarted:
    case Delivery::unreachable:
    case Delivery::no_reply:
      break;
  }
  return ExitCode::no_answer;
}

/// What became of a message, and what to do.
std::string sentence(const SendReport& report, const std::string& name) {
  const std::string node = printable(report.node);
  switch (report.delivery) {
    case Delivery::delivered:
      return fmt::format("delivered to {} on {}", listeners_text(report.listeners), node);
    case Delivery::nobody_listens:
      return fmt::format("nobody listens to '{}' on {}; a program does with: dsn listen {}",
                         printable(name), node, printable(name));
    case Delivery::refused:
      return fmt::format("{} refused '{}'", node, printable(name));
    case Delivery::busy:
      return fmt::format("{} has no room for it now; try again later", node);
    case Delivery::unanswered:
      return fmt::format("{} did not acknowledge it in time: it may have arrived or not", node);
    case Delivery::restarted:
      return fmt::format("{} restarted meanwhile: it may have arrived or not", node);
    case Delivery::unreachable:
      return fmt::format("{} cannot be reached: see dsn nodes", node);
    case Delivery::no_reply:
      return fmt::format("{} on {} did not reply in time", listeners_text(report.listeners), node);
    case Delivery::failed:
      return fmt::format("{}: {}", node, printable(report.reason));
  }
  return {};
}

std::chrono::milliseconds timeout_of(const SendOptions& options) {
  return options.timeout.value_or(SendRequest{}.timeout);
}

ExitCode show(Context& context, const SendOptions& options, const SendReport& report) {
  const ExitCode code = code_of(report.delivery);
  if (options.json) {
    context.output.write(json_line(local::send_report_json(report)));
  } else if (code != ExitCode::ok) {
    complain(context.program, sentence(report, options.name));
  } else if (options.wants_reply) {
    const std::string reply = raw_value(report.reply.value_or(Value()));
    context.output.write((context.output.is_terminal() ? printable(reply) : reply) + "\n");
  } else {
    context.output.say(sentence(report, options.name) + "\n");
  }
  return written(context, code);
}

ExitCode show_all(Context& context, const SendOptions& options,
                  const std::vector<SendReport>& reports) {
  std::uint64_t listeners = 0;
  std::size_t nodes = 0;
  for (const SendReport& report : reports) {
    if (options.json) context.output.write(json_line(local::send_report_json(report)));
    listeners += report.listeners;
    if (report.delivery == Delivery::delivered) ++nodes;
  }
  if (!options.json) {
    for (const SendReport& report : reports) {
      if (code_of(report.delivery) != ExitCode::no_answer) continue;
      complain(context.program, sentence(report, options.name));
    }
    context.output.say(fmt::format("delivered to {} on {} of {} nodes\n", listeners_text(listeners),
                                   nodes, reports.size()));
  }
  return written(context, nodes > 0 ? ExitCode::ok : ExitCode::not_taken);
}

/// The exit code of an error that is about what was typed.
Result<ExitCode> refused_by_agent(const Context& context, const Error& error) {
  const bool is_unknown = error.code == ErrorCode::not_found;
  if (!is_unknown && error.code != ErrorCode::invalid_argument) return error;
  complain(context.program, error.message);
  return is_unknown ? ExitCode::unknown : ExitCode::usage;
}

}  // namespace

ExitCode run(Context& context, const SendOptions& options) {
  Result<Value> payload = payload_of(options.payload, options.as_text, options.file);
  if (!payload) {
    complain(context.program, payload.error());
    return ExitCode::usage;
  }
  const SendRequest request{options.node, options.name, *payload, timeout_of(options)};
  return with_agent(context, options.agent, [&](Client& client) -> Result<ExitCode> {
    if (options.to_all) {
      const auto reports = client.emit(request);
      return reports ? show_all(context, options, *reports)
                     : refused_by_agent(context, reports.failure());
    }
    const auto report = options.wants_reply ? client.ask(request) : client.send(request);
    return report ? show(context, options, *report) : refused_by_agent(context, report.failure());
  });
}

ExitCode run(Context& context, const ReplyOptions& options) {
  Result<Value> payload = payload_of(options.payload, options.as_text, options.file);
  if (!payload) {
    complain(context.program, payload.error());
    return ExitCode::usage;
  }
  return with_agent(context, options.agent, [&](Client& client) -> Result<ExitCode> {
    const auto replied = options.failure.empty() ? client.reply(options.ask, *payload)
                                                 : client.decline(options.ask, options.failure);
    if (!replied) return refused_by_agent(context, replied.failure());
    return ExitCode::ok;
  });
}

}  // namespace dsn::cli
