// SPDX-License-Identifier: Apache-2.0
// The command lines of the commands about messages.
#include "cli/argument_parts.hpp"

namespace dsn::cli {
namespace {

constexpr const char* kPayloadNotes =
    "PAYLOAD is a number, true, false, null or JSON; else it is text. It may have 64 KiB.\n";

constexpr const char* kDeliveryNotes =
    "Exit codes: 0 delivered, 4 no such node, 5 no agent answers, 6 nobody listens there, or the\n"
    "            node refused it, 7 the node is not reachable, or did not answer in time";

/// PAYLOAD, --text and --file.
template <typename Options>
void add_payload(CLI::App& app, Options& options) {
  auto* payload = app.add_option("PAYLOAD", options.payload, "what it says (default: null)");
  payload->type_name("");
  app.add_flag("--text", options.as_text, "PAYLOAD is text, whatever it looks like");
  app.add_option("--file", options.file, "take the content of a file; - is standard input")
      ->type_name("FILE")
      ->excludes(payload);
}

void add_name_and_payload(CLI::App& app, SendOptions& send) {
  app.add_option("NAME", send.name, "what it is about, such as light")->required()->type_name("");
  add_payload(app, send);
  add_duration(app, "--timeout", send.timeout, "how long to try, 100ms to 1h (default: 10s)");
  app.add_flag("--json", send.json, "what became of it as a JSON object");
  add_agent_options(app, send.agent);
}

void add_send(CLI::App& dsn, Chosen& chosen) {
  auto* app = dsn.add_subcommand("send", "send a message to the programs that listen on a node");
  auto& send = options_of<SendOptions>(*app, chosen);
  app->add_option("NODE", send.node, "its name or id")->required()->type_name("");
  add_name_and_payload(*app, send);
  app->footer(std::string(kPayloadNotes) + kDeliveryNotes);
}

void add_ask(CLI::App& dsn, Chosen& chosen) {
  auto* app = dsn.add_subcommand("ask", "send a message, wait for the reply and print it");
  auto& ask = options_of<SendOptions>(*app, chosen);
  ask.wants_reply = true;
  app->add_option("NODE", ask.node, "its name or id")->required()->type_name("");
  add_name_and_payload(*app, ask);
  app->footer(std::string(kPayloadNotes) + kDeliveryNotes);
}

void add_emit(CLI::App& dsn, Chosen& chosen) {
  auto* app = dsn.add_subcommand("emit", "send a message to all nodes, this one included");
  auto& emit = options_of<SendOptions>(*app, chosen);
  emit.to_all = true;
  add_name_and_payload(*app, emit);
  app->footer(std::string(kPayloadNotes) +
              "Exit codes: 0 somebody has it, 5 no agent answers, 6 nobody listens anywhere");
}

void add_listen(CLI::App& dsn, Chosen& chosen) {
  auto* app = dsn.add_subcommand("listen", "print the messages that come to this node");
  auto& listen = options_of<ListenOptions>(*app, chosen);
  app->add_option("NAME", listen.names, "messages of these names, with * and ? (default: all)")
      ->type_name("");
  app->add_flag("--json", listen.json, "a JSON object per line");
  app->add_option("--count", listen.count, "end after so many messages")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
  add_agent_options(*app, listen.agent);
  app->footer(
      "Fields, separated by tabs:\n"
      "  node that sent it  name  payload  ask\n"
      "where ask is empty, or what dsn reply takes: the sender waits for a reply. It goes on "
      "until\n"
      "it is stopped, and connects again when the agent restarts.");
}

void add_reply(CLI::App& dsn, Chosen& chosen) {
  auto* app = dsn.add_subcommand("reply", "reply to a message that dsn listen shows with an ask");
  auto& reply = options_of<ReplyOptions>(*app, chosen);
  app->add_option("ASK", reply.ask, "the number that dsn listen shows")->required()->type_name("");
  add_payload(*app, reply);
  app->add_option("--failure", reply.failure, "there is no reply, and this is why")
      ->type_name("TEXT")
      ->excludes(app->get_option("PAYLOAD"));
  add_agent_options(*app, reply.agent);
  app->footer(std::string(kPayloadNotes) + "The first reply counts.");
}

}  // namespace

void add_message_commands(CLI::App& dsn, Chosen& chosen) {
  add_send(dsn, chosen);
  add_ask(dsn, chosen);
  add_emit(dsn, chosen);
  add_listen(dsn, chosen);
  add_reply(dsn, chosen);
}

}  // namespace dsn::cli
