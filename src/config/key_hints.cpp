// SPDX-License-Identifier: Apache-2.0
#include "config/key_hints.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/suggest.hpp"

namespace dsn::config {
namespace {

struct Synonym {
  std::string_view written;
  std::string_view key;
};

// What other programs call it.
constexpr Synonym kSynonyms[] = {
    {"interval", "every"},
    {"intervall", "every"},
    {"period", "every"},
    {"poll_interval", "every"},
    {"update_interval", "every"},

    {"decimals", "precision"},
    {"digits", "precision"},
    {"round", "precision"},
    {"threshold", "delta"},
    {"deadband", "delta"},
    {"hysteresis", "delta"},
    {"factor", "scale"},
    {"multiplier", "scale"},
    {"minimum", "min"},
    {"maximum", "max"},
    {"smoothing", "filter"},
    {"samples", "window"},
    {"device_class", "ha_class"},
    {"units", "unit"},
    {"command", "exec"},
    {"name", "node_id"},
    {"hostname", "node_id"},
    {"peers", "bootstrap_nodes"},
    {"key_file", "aes_key_file"},
    {"psk", "aes_key_file"},
    {"whitelist", "whitelist_node_ids"},
};

/// The key that is called otherwise here, or stands in another mapping, from which the indentation
/// or a brace keeps it. Empty if it is no such key.
std::string other_hint(std::string_view name, const std::vector<std::string_view>& known) {
  const auto synonym = std::ranges::find(kSynonyms, name, &Synonym::written);
  if (synonym != std::end(kSynonyms) && std::ranges::find(known, synonym->key) != known.end()) {
    return fmt::format(" (did you mean '{}'?)", synonym->key);
  }
  if (find_key(KeyScope::sensor, name) != nullptr) {
    return ": it belongs into a sensor, beside its driver";
  }
  if (find_key(KeyScope::agent, name) != nullptr) return ": it belongs to the top of the file";
  if (name.find_first_not_of("0123456789") == std::string_view::npos) {
    return ": if it is part of a number, its decimals follow a point and not a comma";
  }
  return "";
}

std::string known_here(const std::vector<std::string_view>& names) {
  std::string text = "; known here:";
  for (const std::string_view name : names) text.append(" ").append(name);
  return text;
}

}  // namespace

std::string unknown_key_hint(std::string_view name, KeyScope scope, std::optional<KeyScope> also) {
  auto known = names_in(scope);
  if (also) {
    const auto options = names_in(*also);
    known.insert(known.begin(), options.begin(), options.end());
  }
  std::string hint = other_hint(name, known);
  if (hint.empty()) hint = did_you_mean(name, known);
  // Where there is a driver, nobody looks for another one.
  if (also)
    std::erase_if(known, [](std::string_view other) { return find_driver(other) != nullptr; });
  return hint.empty() ? known_here(known) : hint;
}

}  // namespace dsn::config
