// SPDX-License-Identifier: Apache-2.0
#include "cli/show/via_text.hpp"

#include <array>

#include "base/printable.hpp"

namespace dsn::cli {
namespace {

struct Words {
  std::string_view rung;
  std::string_view alone;   ///< without an interface or a node behind it
  std::string_view before;  ///< what is behind it
};

constexpr std::array<Words, 6> kWays = {{
    {"mcast4", "multicast", "multicast on "},
    {"mcast6", "IPv6 multicast", "IPv6 multicast on "},
    {"hello", "called us", "called us on "},
    {"gossip", "told by others", "told by "},
    {"bootstrap", "bootstrap_nodes", "bootstrap_nodes "},
    {"remembered", "from last run", "from last run "},
}};

}  // namespace

std::string via_text(std::string_view via) {
  const std::string_view rung = via.substr(0, via.find_first_of("@("));
  std::string_view rest = via.substr(rung.size());
  for (const Words& words : kWays) {
    if (words.rung != rung) continue;
    if (rest.empty()) return std::string(words.alone);
    if (rest.starts_with('(') && rest.ends_with(')')) rest.remove_suffix(1);
    return std::string(words.before) + printable(rest.substr(1));
  }
  return printable(via);
}

std::string last_heard_text(const std::string& age, std::string_view via) {
  std::string text = "last heard " + age + " ago";
  if (via.empty()) return text;
  const std::string words = via_text(via);
  const bool bare = words == via && !words.starts_with("via ");
  return text + (bare ? " via " : words.starts_with("via ") ? " " : ", ") + words;
}

}  // namespace dsn::cli
