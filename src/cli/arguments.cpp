// SPDX-License-Identifier: Apache-2.0
#include "cli/arguments.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <sstream>
#include <string_view>

#include "base/suggest.hpp"
#include "cli/argument_parts.hpp"
#include "cli/demo/demo_config.hpp"
#include "dsn/version.hpp"

namespace dsn::cli {
namespace {

constexpr const char* kAgentNotes =
    "Commands that ask an agent take --socket PATH or --demo, before the command or behind it.\n\n";

/// Help in which an option is its name, its argument and a sentence.
class HelpFormatter : public CLI::Formatter {
 public:
  HelpFormatter() { column_width(28); }
  std::string make_option_usage(const CLI::Option* option) const override {
    std::string text = CLI::Formatter::make_option_usage(option);
    // The number of those that may be left out says nothing.
    if (const std::size_t at = text.find("(0x)"); at != std::string::npos) text.erase(at, 4);
    return text;
  }
  std::string make_option_opts(const CLI::Option* option) const override {
    // The sentence of an option says what its argument may be; the list of its checks is left out.
    if (option->get_positional() || option->get_items_expected_max() == 0) return "";
    return " " + option->get_type_name();
  }
};

void add_set(CLI::App& dsn, Chosen& chosen) {
  auto* app = dsn.add_subcommand("set", "set a key of this node");
  auto& set = options_of<SetOptions>(*app, chosen);
  app->add_option("KEY", set.key, "such as room/temperature")->required()->type_name("");
  app->add_option("VALUE", set.values, "a number, true, false, null or JSON; else it is text")
      ->expected(0, 2)
      ->type_name("");
  app->add_option("--unit", set.unit, "a SenML unit, such as Cel, %RH, Pa, V")->type_name("UNIT");
  app->add_option("--class", set.device_class, "what it is, as in Home Assistant: door, humidity")
      ->type_name("CLASS");
  app->add_option("--precision", set.precision, "so many decimals are shown, 0 to 9")
      ->type_name("N")
      ->check(CLI::Range(0, 9));
  app->add_flag("--text", set.as_text, "VALUE is text, whatever it looks like");
  add_duration(*app, "--max-age", set.max_age, "it counts as late when it gets older than this");
  add_duration(*app, "--ttl", set.ttl, "the agent removes the key after this time");
  app->add_flag("--hold", set.hold, "the key lasts as long as this command runs");
  app->add_option("--as", set.as, "a device that runs no node, for which this one publishes")
      ->type_name("NAME");
  app->add_flag("--keep", set.keep, "the key is there again when the agent restarts");
  add_agent_options(*app, set.agent);
  app->footer(
      "Without --ttl, --hold or --keep the key lasts until dsn unset or the end of the agent. A "
      "key\n"
      "that a sensor measures is refused, and so is one of another node: those are set there.");
}

void add_unset(CLI::App& dsn, Chosen& chosen) {
  auto* app = dsn.add_subcommand("unset", "remove keys of this node");
  auto& unset = options_of<UnsetOptions>(*app, chosen);
  app->add_option("KEY", unset.keys, "keys to remove, or patterns such as 'app/*'")
      ->required()
      ->type_name("");
  add_agent_options(*app, unset.agent);
  app->footer(
      "A pattern (*, ?) fits keys that were set by programs, and none that a sensor measures.");
}

void add_doctor(CLI::App& dsn, Chosen& chosen) {
  auto* app = dsn.add_subcommand("doctor", "what is wrong anywhere in the network, and what to do");
  auto& doctor = options_of<DoctorOptions>(*app, chosen);
  app->add_flag("--json", doctor.json, "one JSON object");
  add_agent_options(*app, doctor.agent);
  app->footer(
      "Asks all nodes what they know, multicasts once, and sends each node datagrams of several\n"
      "sizes. Prints nothing but a count if all is well; otherwise one finding after another: its\n"
      "code, who noticed it, what is wrong, and what to do.\n\n"
      "Exit codes: 0 nothing was found, 1 something was found, 5 no agent.");
}

void add_status(CLI::App& dsn, Chosen& chosen) {
  auto* app = dsn.add_subcommand("status", "the agent of this node: network, sensors, counters");
  auto& status = options_of<StatusOptions>(*app, chosen);
  app->add_flag("--json", status.json, "one JSON object");
  app->add_flag("--counters", status.counters, "all counters, not only those of trouble");
  add_agent_options(*app, status.agent);
}

void add_forget(CLI::App& dsn, Chosen& chosen) {
  auto* app = dsn.add_subcommand("forget", "erase what this node holds of one that is gone");
  auto& forget = options_of<ForgetOptions>(*app, chosen);
  app->add_option("NODE", forget.node, "its name or id")->required()->type_name("");
  add_agent_options(*app, forget.agent);
  app->footer(
      "Its name is free then, for a new machine in its place. A live node is not forgotten; but "
      "if\n"
      "two nodes go by one name, this command gives the name to the node given here:\n"
      "  dsn forget attic~9ea6\n"
      "Other nodes forget it when the command is run there, or a day after they last heard it.");
}

void add_leave(CLI::App& dsn, Chosen& chosen) {
  auto* app = dsn.add_subcommand("leave", "take this node out of the network: its agent ends");
  auto& leave = options_of<LeaveOptions>(*app, chosen);
  add_agent_options(*app, leave.agent);
  app->footer(
      "The others show it as left instead of waiting for it. To stop or restart the agent this\n"
      "command is not needed: the agent then says itself that it will be back. To come back after\n"
      "leave, start the agent.");
}

void add_sleep(CLI::App& dsn, Chosen& chosen) {
  auto* app = dsn.add_subcommand("sleep", "tell the others when this node is back: its agent ends");
  auto& sleep = options_of<SleepOptions>(*app, chosen);
  add_duration(*app, "DURATION", sleep.silence, "1s to 30d, such as 10m; without a unit, seconds")
      ->required()
      ->type_name("");
  add_agent_options(*app, sleep.agent);
  app->footer(
      "For machines that are switched off between readings. The others show the node as asleep,\n"
      "and as late only when it is not back a minute after that time. To come back, start the\n"
      "agent.");
}

void add_reload(CLI::App& dsn, Chosen& chosen) {
  auto* app = dsn.add_subcommand("reload", "let the agent read its configuration again");
  auto& reload = options_of<ReloadOptions>(*app, chosen);
  add_agent_options(*app, reload.agent);
  app->footer(
      "Sensors with the same settings as before go on undisturbed. A wrong configuration changes\n"
      "nothing: each mistake is printed with its place, and the exit code is 78.");
}

void add_check(CLI::App& dsn, Chosen& chosen) {
  auto* app =
      dsn.add_subcommand("check", "whether a configuration is good; reads its sensors once");
  auto& check = options_of<CheckOptions>(*app, chosen);
  app->add_option("FILE", check.file, or_default_file("the configuration"))->type_name("");
  app->add_flag("--no-read", check.no_read, "do not read the sensors");
  app->add_flag("--json", check.json, "a JSON object per finding and per value");
  app->add_flag("--schema", check.schema,
                "print the JSON Schema of the configuration, for editors");
  app->add_option("--system-root", check.system_root,
                  "where this machine's /proc and /sys are (default: /)")
      ->type_name("DIR");
  app->footer(
      "Findings are lines as  agent.yaml:12:5: what is wrong and what to do.  Then each sensor is\n"
      "read, with what its driver measured (RAW) and what would be published (VALUE).\n"
      "Fields when not on a terminal, separated by tabs:\n"
      "  key  driver  raw  its unit  value  unit  status\n\n"
      "Exit codes: 0 all is well, 1 a sensor could not be read or a program is missing, 2 usage,\n"
      "78 an agent, or a program beside it, would not start with it.\n"
      "web.yaml and record.yaml beside the file are checked too. No agent is asked. Root looks at "
      "the service's configuration as the user of the service.");
}

void add_init_options(CLI::App& app, InitOptions& init) {
  app.add_option("--config", init.config, or_default_file("the file to write"))->type_name("FILE");
  app.add_option("--name", init.name, "the name of this node (default: the host name)")
      ->type_name("NAME");
  app.add_flag("-y,--yes", init.yes, "ask nothing: take what is proposed, if it can be read");
  app.add_option("--system-root", init.system_root,
                 "where this machine's /proc and /sys are (default: /)")
      ->type_name("DIR");
}

void add_scan(CLI::App& dsn, Chosen& chosen) {
  auto* app = dsn.add_subcommand("scan", "show what is plugged in and not in the configuration");
  auto& scan = options_of<ScanOptions>(*app, chosen);
  app->add_option("--config", scan.config, or_default_file("the configuration"))->type_name("FILE");
  app->add_option("--system-root", scan.system_root,
                  "where this machine's /proc and /sys are (default: /)")
      ->type_name("DIR");
  app->footer(
      "Each line is a sensor with what it says now, and how it would stand under 'sensors:'.\n"
      "'dsn init --add' writes them. Contacts, counters and programs are not found by looking.");
}

void add_init(CLI::App& dsn, Chosen& chosen) {
  auto* app = dsn.add_subcommand("init", "make this machine the first node of a network");
  auto& init = options_of<InitOptions>(*app, chosen);
  add_init_options(*app, init);
  auto* key = app->add_option("--key", init.key_file, "the network's key, if there is one already")
                  ->type_name("FILE");
  app->add_flag("--add", init.add, "add sensors that are not in the configuration yet")
      ->excludes(key)
      ->excludes("--name");
  app->footer(
      "Looks for sensors, asks under which key to publish each, and writes the configuration, a\n"
      "new network key (keys/k1.key beside it) and this node's identity. Answer Return or y to\n"
      "take the key that is proposed, n to leave the sensor out, or type another key. First it\n"
      "listens for two seconds whether a DSN network is here already, which 'dsn join' would be\n"
      "in. Nothing is written before the last answer, and no file that is there is ever\n"
      "overwritten.\n\n"
      "With --add nothing but sensors is added, in a new file of conf.d beside the configuration.");
}

void add_join(CLI::App& dsn, Chosen& chosen) {
  auto* app = dsn.add_subcommand("join", "make this machine a node of a network, by its invite");
  auto& join = options_of<JoinOptions>(*app, chosen);
  add_init_options(*app, join.init);
  auto* replace = app->add_flag("--replace", join.replace,
                                "move this node out of its network into another one");
  replace->excludes(app->get_option("--name"));
  app->add_option("--key", join.key_file, "with --replace: a file with the key, asks for none")
      ->type_name("FILE")
      ->needs(replace);
  app->footer(
      "As init, with the key of a network that is there: it asks for the invite which 'dsn key\n"
      "invite' prints on any of its nodes, or reads it, or a key file, from standard input. It\n"
      "says if a node there has the name of this one already, and if nobody answers:\n"
      "  ssh root@attic dsn key invite | sudo dsn join --yes\n\n"
      "With --replace the configuration stays, and so does the old key, in a file beside the key\n"
      "file; what is printed says how to undo it. A node that was set up with 'dsn init' instead\n"
      "of 'dsn join' so comes into the network of the others.");
}

void add_demo(CLI::App& dsn, Chosen& chosen) {
  using Action = DemoSignalOptions::Action;
  auto* app = dsn.add_subcommand("demo", "a network of several nodes on this machine, to try");
  app->require_subcommand(0, 1);
  auto& demo = options_of<DemoOptions>(*app, chosen);
  app->add_option("N", demo.nodes, "how many nodes (default: 3)")
      ->check(CLI::Range(1, kDemoNodesMax))
      ->type_name("");
  app->add_flag("--watch", demo.watch, "show the readings in this terminal");
  app->add_flag("--web", demo.web, "show them as a page for browsers too, by dsn-web");
  struct Verb {
    const char* name;
    Action action;
    const char* help;
  };
  for (const Verb& verb :
       {Verb{"kill", Action::kill, "kill a node of the demo: it will be gone"},
        Verb{"freeze", Action::freeze, "stop a node as a hung machine would"},
        Verb{"thaw", Action::thaw, "let a frozen node go on"},
        Verb{"restart", Action::restart, "start a node again"},
        Verb{"clone", Action::clone, "start a second machine with the identity of a node"},
        Verb{"clock", Action::clock, "start a node again whose clock is an hour slow"}}) {
    auto* sub = app->add_subcommand(verb.name, verb.help);
    auto& signal = options_of<DemoSignalOptions>(*sub, chosen);
    signal.action = verb.action;
    sub->add_option("NAME", signal.node, "such as attic")->required()->type_name("");
  }
}

/// Makes "-5" a number and not an option: a blank before it hides it from the parser, and JSON
/// allows blanks.
void protect_negative_numbers(std::vector<std::string>& arguments) {
  for (std::string& argument : arguments) {
    const bool number = argument.size() > 1 && argument[0] == '-' &&
                        (argument[1] == '.' || (argument[1] >= '0' && argument[1] <= '9'));
    if (number) argument.insert(0, 1, ' ');
  }
}

/// Turns `dsn --socket PATH nodes` into `dsn nodes --socket PATH`. False if there is no command.
bool put_command_first(std::vector<std::string>& arguments) {
  std::size_t command = 0;
  while (command < arguments.size()) {
    const std::string& option = arguments[command];
    if (option == "--socket") {
      command += 2;
    } else if (option == "--demo" || option.starts_with("--socket=")) {
      command += 1;
    } else {
      break;
    }
  }
  if (command >= arguments.size()) return false;
  std::rotate(arguments.begin(), arguments.begin() + static_cast<std::ptrdiff_t>(command),
              arguments.begin() + static_cast<std::ptrdiff_t>(command) + 1);
  return true;
}

/// The names of the commands below `app`, in their order.
std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands(nullptr)) names.push_back(command->get_name());
  return names;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += " " + word;
  return text;
}

bool is_option(const std::string& word) { return word.size() > 1 && word.front() == '-'; }

bool is_count(const std::string& word) {
  return word.find_first_not_of("0123456789") == std::string::npos;
}

/// "no command 'raed' (did you mean 'read'?)"
std::string no_command(const std::string& word, const std::vector<std::string>& names) {
  const std::vector<std::string_view> known(names.begin(), names.end());
  return "no command '" + word + "'" + did_you_mean(word, known);
}

/// A complaint about a mistyped command, or one below a command; the parser itself has none.
std::optional<std::string> unknown_command(const CLI::App& app,
                                           const std::vector<std::string>& arguments) {
  if (arguments.empty() || is_option(arguments.front())) return std::nullopt;
  const std::vector<std::string> names = command_names(app);
  if (std::ranges::find(names, arguments.front()) == names.end()) {
    return no_command(arguments.front(), names);
  }
  const std::vector<std::string> below = command_names(*app.get_subcommand(arguments.front()));
  if (below.empty()) return std::nullopt;
  const std::string of = " of dsn " + arguments.front();
  if (arguments.size() < 2) {
    if (arguments.front() == "demo") return std::nullopt;
    return "a command" + of + " is missing; it has:" + joined(below);
  }
  const std::string& word = arguments[1];
  if (is_option(word) || is_count(word)) return std::nullopt;
  if (std::ranges::find(below, word) != below.end()) return std::nullopt;
  return no_command(word, below) + of + "; it has:" + joined(below);
}

/// `dsn help set` is `dsn set --help`, and `dsn version` is `dsn --version`.
void turn_words_into_options(std::vector<std::string>& arguments) {
  if (arguments.empty()) return;
  if (arguments.front() == "version") arguments.front() = "--version";
  if (arguments.front() != "help") return;
  arguments.erase(arguments.begin());
  arguments.emplace_back("--help");
}

/// What the parser says of a word that is too much, as a stranger would understand it.
std::string too_much(const CLI::App& app, const std::vector<std::string>& words,
                     const std::string& command) {
  const std::string& word = words.front();
  if (!is_option(word)) {
    return command == "join" ? "the invite is not given here, where others can see it: run sudo "
                               "dsn join, and paste it when it asks"
                             : "'" + word + "' was not expected";
  }
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  const std::string bare = word.substr(0, word.find('='));
  const std::vector<std::string_view> known(names.begin(), names.end());
  return "unknown option " + bare + did_you_mean(bare, known);
}

/// The parser's "--config: At Most 1 required but received 2", in plain words.
std::string plain(const std::string& complaint) {
  const std::size_t at = complaint.find(": At Most 1 required");
  return at == std::string::npos ? complaint : complaint.substr(0, at) + " is given twice";
}

Ended usage(const std::string& program, std::string message) {
  return {ExitCode::usage, std::move(message) + "; see " + program + " --help"};
}

/// The program and its command, such as "dsn set".
std::string program_of(const std::string& name, const std::vector<std::string>& arguments) {
  return name == "dsn-read" || arguments.front().starts_with('-') ? name
                                                                  : name + " " + arguments.front();
}

}  // namespace

std::variant<Request, Ended> parse_arguments(const std::string& name,
                                             std::vector<std::string> arguments) {
  const bool only_read = name == "dsn-read";
  Chosen chosen;
  CLI::App app(only_read ? "Readings of every node of the network, with their age and status."
                         : "DSN: the sensors of a network of machines, without a server.",
               name);
  app.formatter(std::make_shared<HelpFormatter>());  // before the commands, which inherit it
  app.set_help_flag("-h,--help", "this text");
  app.set_version_flag("-v,--version", name + " " + kVersion, "the version");
  if (only_read) {
    add_read_options(app, chosen);
  } else {
    app.require_subcommand(1);
    // In the order in which a new user needs them.
    add_demo(app, chosen);
    add_init(app, chosen);
    add_scan(app, chosen);
    add_join(app, chosen);
    add_key_commands(app, chosen);
    add_check(app, chosen);
    add_reload(app, chosen);
    add_look_commands(app, chosen);
    add_status(app, chosen);
    add_doctor(app, chosen);
    add_history_commands(app, chosen);
    add_set(app, chosen);
    add_unset(app, chosen);
    add_message_commands(app, chosen);
    add_forget(app, chosen);
    add_leave(app, chosen);
    add_sleep(app, chosen);
    add_examples(app);
    app.footer(std::string(kAgentNotes) + kExitCodes);
    if (!put_command_first(arguments)) return Ended{ExitCode::usage, app.help(), true};
    turn_words_into_options(arguments);
    if (auto problem = unknown_command(app, arguments)) return usage(name, *std::move(problem));
    const std::vector<std::string> options = {"-h", "--help", "-v", "--version"};
    if (is_option(arguments.front()) &&
        std::ranges::find(options, arguments.front()) == options.end()) {
      return usage(name, too_much(app, arguments, ""));
    }
  }
  const std::string program = arguments.empty() ? name : program_of(name, arguments);
  protect_negative_numbers(arguments);
  std::reverse(arguments.begin(), arguments.end());  // the parser takes them from the end
  try {
    app.parse(arguments);
  } catch (const CLI::CallForHelp&) {
    return Ended{ExitCode::ok, app.help()};
  } catch (const CLI::CallForVersion& version) {
    return Ended{ExitCode::ok, std::string(version.what()) + "\n"};
  } catch (const CLI::ExtrasError&) {
    const CLI::App* below = &app;
    while (!below->get_subcommands().empty()) below = below->get_subcommands().front();
    return usage(program, too_much(*below, app.remaining(true), below->get_name()));
  } catch (const CLI::ParseError& error) {
    return usage(program, plain(error.what()));
  }
  if (!chosen) return usage(program, "a command is missing");
  return *std::move(chosen);
}

}  // namespace dsn::cli
