// SPDX-License-Identifier: Apache-2.0
#include "cli/setup/setup_dialog.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "cli/show/display_text.hpp"
#include "cli/show/prompt.hpp"
#include "crypto/invite.hpp"

namespace dsn::cli {
namespace {

constexpr std::size_t kSecretSizeMax = 256;
constexpr const char* kWhereInvites =
    "; 'sudo dsn key invite' prints one on any node of the network";

bool is_yes(const std::string& answer) { return answer == "y" || answer == "Y" || answer == "yes"; }

std::string shown(const Proposal& proposal) { return proposal.title + " \u2192 " + proposal.shown; }

}  // namespace

void SetupDialog::say(std::string_view word, std::string_view text) {
  output_.say(fmt::format("{:9} {}\n", word, text));
}

void SetupDialog::say_step(std::string_view word, std::string_view command,
                           std::string_view meaning) {
  say(word, fmt::format("{:36} # {}", command, meaning));
}

void SetupDialog::show_invite(const crypto::NetworkAccess& access) {
  crypto::SecretText text(crypto::kInviteSize);
  crypto::append_invite(text, access);
  output_.write(std::string(10, ' '));
  output_.write(text.view());
  output_.write("\n");
}

bool SetupDialog::agrees(std::string_view question) {
  output_.write(fmt::format("{:9} {} [y/N] ", "", question));
  const std::optional<std::string> answer = read_answer();
  return answer && is_yes(*answer);
}

Result<crypto::NetworkAccess> SetupDialog::read_invite() {
  const bool terminal = ::isatty(STDIN_FILENO) == 1;
  const char* question = terminal ? "invite    paste it, it is not shown (a node that is in prints "
                                    "it: sudo dsn key invite) "
                                  : "";
  while (true) {
    crypto::SecretText text(kSecretSizeMax);
    if (!read_secret(output_, question, text, kSecretSizeMax))
      return Error{std::string("no invite was given") + kWhereInvites};
    if (!terminal && (text.view().empty() || text.view().front() == '#')) continue;
    if (const auto access = crypto::parse_network_key(text.view())) return *access;
    const auto invite = crypto::parse_invite(text.view());
    if (invite) return invite;
    if (!terminal) return Error{"standard input: " + invite.error() + kWhereInvites};
    say("", invite.error() + "; paste it again, or Ctrl-C");
  }
}

bool SetupDialog::choose_sensors(SetupPlan& plan, bool yes) {
  Surroundings& found = plan.found;
  if (!found.board.empty()) say("board", found.board_title);
  std::size_t width = 0;
  for (const Proposal& one : found.proposals) {
    if (one.answered) width = std::max(width, display_width(shown(one)));
  }
  for (Proposal& proposal : found.proposals) {
    std::string text = shown(proposal);
    text.append(width - std::min(width, display_width(text)), ' ');
    if (yes) {
      say("found", text + (proposal.enabled ? "   enabled as " : "   left out: ") + proposal.key);
    } else if (!ask(plan, proposal, text)) {
      return false;
    }
  }
  if (found.proposals.empty()) {
    say("found", "no sensors besides what every machine has: load, memory/available");
  }
  return true;
}

bool SetupDialog::ask(const SetupPlan& plan, Proposal& proposal, const std::string& text) {
  while (true) {
    output_.say(fmt::format("{:9} {}   enable as {}? [{}] ", "found", text, proposal.key,
                            proposal.enabled ? "Y" : "N"));
    const std::optional<std::string> answer = read_answer();
    if (!answer) return false;
    if (answer->empty()) return true;
    const bool yes = is_yes(*answer);
    if (*answer == "n" || *answer == "N" || *answer == "no") {
      proposal.enabled = false;
      return true;
    }
    const std::string& key = yes ? proposal.key : *answer;
    const std::string problem = objection(plan, proposal, key);
    if (problem.empty()) {
      proposal.key = key;
      proposal.enabled = true;
      return true;
    }
    say("", printable(problem) + "; answer y, n or another key");
  }
}

}  // namespace dsn::cli
