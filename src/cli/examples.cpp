// SPDX-License-Identifier: Apache-2.0
// An example for each command, at the end of its help. The manual has them from there.
#include <string>
#include <vector>

#include "cli/argument_parts.hpp"

namespace dsn::cli {
namespace {

struct Example {
  std::string command;
  std::string line;
  std::string meaning;
};

/// Commands that are not here have examples among their notes.
const std::vector<Example>& examples() {
  static const std::vector<Example> all = {
      {"demo", "dsn demo 5 --watch", "five nodes, and their readings in this terminal"},
      {"init", "sudo dsn init --name attic", "asks, and writes /etc/dsn/agent.yaml"},
      {"scan", "sudo dsn scan", "a new thermometer, and the line for it"},
      {"join", "sudo dsn join", "asks for the invite"},
      {"key", "sudo dsn key invite", "the invite, which is a secret"},
      {"revoke", "sudo dsn revoke shed", "it was stolen"},
      {"check", "dsn check /etc/dsn/agent.yaml", "what is wrong, and what each sensor reads"},
      {"reload", "sudo dsn reload", "the agent takes the changed agent.yaml"},
      {"nodes", "dsn nodes --bad", "who is missing"},
      {"top", "dsn top --bad", "what is wrong, as it comes and goes"},
      {"status", "dsn status --counters", "all that the agent counts"},
      {"doctor", "dsn doctor || mail -s dsn root", "exit code 1 if something is wrong"},
      {"history", "dsn history attic room/temperature --since 7d --plot", "a week as a curve"},
      {"digest", "dsn digest | mail -s dsn root", "once a day, by a timer"},
      {"set", "dsn set room/temperature 21.4 --unit Cel --max-age 5m",
       "late without another in 5m"},
      {"unset", "dsn unset 'app/*'", "what programs have set there"},
      {"send", "dsn send cellar light on", "to the programs that listen to light"},
      {"ask", "dsn ask cellar backup/state --timeout 1m", "prints the reply"},
      {"emit", "dsn emit alarm fire", "to all nodes"},
      {"listen", "dsn listen 'light/*' --json", "each message on a line"},
      {"reply", "dsn reply 7 done", "7 is what dsn listen shows"},
      {"forget", "dsn forget shed", "the machine is thrown away"},
      {"leave", "sudo dsn leave", "before this machine is switched off for good"},
      {"sleep", "sudo dsn sleep 10m && sudo poweroff", "back in ten minutes"},
  };
  return all;
}

}  // namespace

void add_examples(CLI::App& dsn) {
  for (const Example& example : examples()) {
    CLI::App* app = dsn.get_subcommand(example.command);
    std::string notes = app->get_footer();
    if (!notes.empty()) notes += "\n\n";
    app->footer(notes + "Example:\n  " + example.line + "   " + example.meaning);
  }
}

}  // namespace dsn::cli
