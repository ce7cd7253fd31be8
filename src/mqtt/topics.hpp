// SPDX-License-Identifier: Apache-2.0
// The topics of a site (docs/mqtt.md), made of names that are any text, and read back.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace dsn::mqtt {

/// A node and one of its keys.
struct ReadingTopic {
  std::string node;
  std::string key;
  auto operator<=>(const ReadingTopic&) const = default;
};

/// A text as one level of a topic: what is not a letter, a digit or one of `-._~` of ASCII is
/// written as `%` and two hexadecimal digits. Different texts have different levels.
[[nodiscard]] std::string topic_level(std::string_view text);
/// The text of a level; nothing if topic_level() does not make it.
[[nodiscard]] std::optional<std::string> text_of_level(std::string_view level);

/// A text as Home Assistant takes identifiers, of letters, digits, `_` and `-`: a `/` is written as
/// `--`, any other character as `-` and two hexadecimal digits. Different texts have different
/// identifiers.
[[nodiscard]] std::string identifier(std::string_view text);

/// Whether a network can have a reading of this name; a topic may be much longer.
[[nodiscard]] bool is_possible(const ReadingTopic& name);

/// Below the prefix of one site.
class Topics {
 public:
  explicit Topics(std::string prefix) : prefix_(std::move(prefix)) {}

  [[nodiscard]] const std::string& prefix() const { return prefix_; }
  [[nodiscard]] std::string status() const { return below("status"); }
  [[nodiscard]] std::string ask() const { return below("ask"); }
  [[nodiscard]] std::string clock() const { return below("clock"); }
  [[nodiscard]] std::string reading(const ReadingTopic& name) const;
  [[nodiscard]] std::string node(std::string_view node) const;
  [[nodiscard]] std::string offer(std::string_view command) const;
  [[nodiscard]] std::string command(std::string_view command) const;
  [[nodiscard]] std::string result(std::string_view command) const;
  /// Patterns that fit all of them.
  [[nodiscard]] std::string readings() const { return below("readings/#"); }
  [[nodiscard]] std::string nodes() const { return below("nodes/+"); }
  [[nodiscard]] std::string offers() const { return below("offers/+"); }
  [[nodiscard]] std::string commands() const { return below("commands/+"); }

  // What a topic of each kind is about; nothing if it is none of them.
  [[nodiscard]] std::optional<ReadingTopic> reading_of(std::string_view topic) const;
  [[nodiscard]] std::optional<std::string> node_of(std::string_view topic) const;
  [[nodiscard]] std::optional<std::string> offer_of(std::string_view topic) const;
  [[nodiscard]] std::optional<std::string> command_of(std::string_view topic) const;

 private:
  [[nodiscard]] std::string below(std::string_view rest) const;
  [[nodiscard]] std::optional<std::string_view> rest_of(std::string_view topic,
                                                        std::string_view area) const;
  [[nodiscard]] std::optional<std::string> name_in(std::string_view topic,
                                                   std::string_view area) const;

  std::string prefix_;
};

}  // namespace dsn::mqtt
