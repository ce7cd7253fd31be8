// SPDX-License-Identifier: Apache-2.0
// One mapping of the file, checked against the table of keys.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/document.hpp"
#include "config/key_table.hpp"
#include "config/report.hpp"

namespace dsn::config {

/// Reads the members of a mapping by name. Reports each unknown key once, at construction, and
/// each wrong value when it is asked for. What was reported counts as absent, so that the default
/// applies and the reading goes on. The node and the report must outlive the section.
class Section {
 public:
  /// `where` follows "in" in messages: "sensor 'door'"; empty at the top level. Keys of `also` may
  /// stand beside those of `scope`; a name that both have means the one of `scope`.
  Section(const YamlNode& mapping, KeyScope scope, std::string where, Report& report,
          std::optional<KeyScope> also = std::nullopt);

  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
  /// Whether it has this key, and not a key of that name in another scope.
  [[nodiscard]] bool has(const KeyInfo& key) const;
  [[nodiscard]] bool has_unknown_keys() const { return has_unknown_keys_; }
  /// The place of the key, for findings about it; the place of the section if the key is not given.
  [[nodiscard]] Mark key_mark(std::string_view name) const;
  /// The place of its value, likewise.
  [[nodiscard]] Mark value_mark(std::string_view name) const;
  /// The value, of whatever kind; nullptr if the key is not given.
  [[nodiscard]] const YamlNode* value(std::string_view name) const;

  [[nodiscard]] std::optional<std::string> text(std::string_view name) const;
  [[nodiscard]] std::optional<bool> boolean(std::string_view name) const;
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view name) const;
  /// The text of a number, checked.
  [[nodiscard]] std::optional<std::string> number(std::string_view name) const;
  [[nodiscard]] std::optional<double> number_value(std::string_view name) const;
  /// One of the words that the table lists.
  [[nodiscard]] std::optional<std::string> choice(std::string_view name) const;
  [[nodiscard]] std::optional<std::chrono::milliseconds> duration(std::string_view name) const;
  /// Reports a value that is not of the key's type.
  void check(std::string_view name) const;
  /// A list or mapping; nullptr if the key is not given or has no content.
  [[nodiscard]] const YamlNode* list(std::string_view name) const;
  [[nodiscard]] const YamlNode* mapping(std::string_view name) const;

  /// `'every' in sensor 'door'`
  [[nodiscard]] std::string subject(std::string_view name) const;

 private:
  struct Member {
    const KeyInfo* key;
    const YamlNode* name;
    const YamlNode* value;
  };
  [[nodiscard]] const Member* find(std::string_view name) const;
  /// The member if it is a scalar; reports what else it is.
  [[nodiscard]] const Member* scalar(std::string_view name, std::string_view must_be) const;
  [[nodiscard]] const YamlNode* collection(std::string_view name, YamlNode::Kind kind) const;
  void report_value(const Member& member, std::string_view must_be) const;

  Mark at_;
  std::string where_;
  Report& report_;
  std::vector<Member> members_;
  bool has_unknown_keys_ = false;
};

/// "a list", "a mapping", "nothing", or the text as a message may show it.
[[nodiscard]] std::string describe(const YamlNode& node);

}  // namespace dsn::config
