// SPDX-License-Identifier: Apache-2.0
#include "mqtt/topics.hpp"

#include <charconv>
#include <cstddef>

#include "base/key_name.hpp"
#include "base/node_name.hpp"

namespace dsn::mqtt {
namespace {

// A node, a dot, and a device within its keys.
constexpr std::size_t kNodeBytesMax = kNodeNameBytesMax + 1 + kKeyNameBytesMax;

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

void append_hex(std::string& out, char c) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  out += kDigits[byte >> 4U];
  out += kDigits[byte & 15U];
}

// Each part of a key is a level of its own. No part is empty, so no level is.
std::string levels(std::string_view key) {
  std::string text;
  while (true) {
    const std::size_t slash = key.find('/');
    text += topic_level(key.substr(0, slash));
    if (slash == std::string_view::npos) return text;
    text += '/';
    key.remove_prefix(slash + 1);
  }
}

std::optional<std::string> text_of_levels(std::string_view topic) {
  std::string text;
  while (true) {
    const std::size_t slash = topic.find('/');
    const auto part = text_of_level(topic.substr(0, slash));
    if (!part || part->empty() || part->find('/') != std::string::npos) return {};
    text += *part;
    if (slash == std::string_view::npos) return text;
    text += '/';
    topic.remove_prefix(slash + 1);
  }
}

}  // namespace

std::string topic_level(std::string_view text) {
  constexpr std::string_view kPlain = "-._~";
  std::string level;
  for (const char c : text) {
    if (is_letter_or_digit(c) || kPlain.find(c) != std::string_view::npos) {
      level += c;
    } else {
      level += '%';
      append_hex(level, c);
    }
  }
  return level;
}

std::optional<std::string> text_of_level(std::string_view level) {
  std::string text;
  for (std::size_t i = 0; i < level.size(); ++i) {
    if (level[i] != '%') {
      text += level[i];
      continue;
    }
    if (i + 2 >= level.size()) return {};
    unsigned byte = 0;
    const char* const end = level.data() + i + 3;
    if (std::from_chars(level.data() + i + 1, end, byte, 16).ptr != end) return {};
    text += static_cast<char>(byte);
    i += 2;
  }
  return topic_level(text) == level ? std::optional(text) : std::nullopt;
}

std::string identifier(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (is_letter_or_digit(c) || c == '_') {
      result += c;
    } else {
      result += '-';
      if (c == '/') {
        result += '-';
      } else {
        append_hex(result, c);
      }
    }
  }
  return result;
}

bool is_possible(const ReadingTopic& name) {
  return !name.node.empty() && name.node.size() <= kNodeBytesMax && is_key_name(name.key);
}

std::string Topics::below(std::string_view rest) const {
  return std::string(prefix_).append("/").append(rest);
}

std::string Topics::reading(const ReadingTopic& name) const {
  return below("readings/") + topic_level(name.node) + "/" + levels(name.key);
}

std::string Topics::node(std::string_view node) const {
  return below("nodes/") + topic_level(node);
}

std::string Topics::offer(std::string_view command) const {
  return below("offers/") + topic_level(command);
}

std::string Topics::command(std::string_view command) const {
  return below("commands/") + topic_level(command);
}

std::string Topics::result(std::string_view command) const {
  return below("results/") + topic_level(command);
}

std::optional<std::string_view> Topics::rest_of(std::string_view topic,
                                                std::string_view area) const {
  const std::string begin = below(area);
  if (!topic.starts_with(begin)) return {};
  return topic.substr(begin.size());
}

std::optional<std::string> Topics::name_in(std::string_view topic, std::string_view area) const {
  const auto rest = rest_of(topic, area);
  return rest ? text_of_level(*rest) : std::nullopt;
}

std::optional<ReadingTopic> Topics::reading_of(std::string_view topic) const {
  const auto rest = rest_of(topic, "readings/");
  if (!rest) return {};
  const std::size_t slash = rest->find('/');
  if (slash == std::string_view::npos) return {};
  auto node = text_of_level(rest->substr(0, slash));
  auto key = text_of_levels(rest->substr(slash + 1));
  if (!node || !key) return {};
  return ReadingTopic{*std::move(node), *std::move(key)};
}

std::optional<std::string> Topics::node_of(std::string_view topic) const {
  return name_in(topic, "nodes/");
}

std::optional<std::string> Topics::offer_of(std::string_view topic) const {
  return name_in(topic, "offers/");
}

std::optional<std::string> Topics::command_of(std::string_view topic) const {
  return name_in(topic, "commands/");
}

}  // namespace dsn::mqtt
