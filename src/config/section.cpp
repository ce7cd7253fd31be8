// SPDX-License-Identifier: Apache-2.0
#include "config/section.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/duration.hpp"
#include "config/key_hints.hpp"
#include "config/scalar.hpp"

namespace dsn::config {

std::string describe(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::null:
      return "nothing";
    case YamlNode::Kind::scalar:
      return shown(node.text);
    case YamlNode::Kind::list:
      return "a list";
    case YamlNode::Kind::mapping:
      return "a mapping";
  }
  return "";
}

Section::Section(const YamlNode& mapping, KeyScope scope, std::string where, Report& report,
                 std::optional<KeyScope> also)
    : at_(mapping.at),
      where_(where.empty() ? std::string() : " in " + std::move(where)),
      report_(report) {
  for (const auto& [name, value] : mapping.members()) {
    const KeyInfo* key = find_key(scope, name.text);
    if (key == nullptr && also) key = find_key(*also, name.text);
    if (key != nullptr) {
      members_.push_back({key, &name, &value});
      continue;
    }
    has_unknown_keys_ = true;
    report_.error(name.at, fmt::format("unknown key {}{}{}", shown(name.text), where_,
                                       unknown_key_hint(name.text, scope, also)));
  }
}

const Section::Member* Section::find(std::string_view name) const {
  const auto found =
      std::ranges::find_if(members_, [&](const Member& m) { return m.key->name == name; });
  return found == members_.end() ? nullptr : &*found;
}

bool Section::has(const KeyInfo& key) const {
  const Member* member = find(key.name);
  return member != nullptr && member->key == &key;
}

Mark Section::key_mark(std::string_view name) const {
  const Member* member = find(name);
  return member != nullptr ? member->name->at : at_;
}

Mark Section::value_mark(std::string_view name) const {
  const Member* member = find(name);
  if (member == nullptr) return at_;
  return member->value->at;
}

const YamlNode* Section::value(std::string_view name) const {
  const Member* member = find(name);
  return member != nullptr ? member->value : nullptr;
}

std::string Section::subject(std::string_view name) const {
  return fmt::format("'{}'{}", name, where_);
}

void Section::report_value(const Member& member, std::string_view must_be) const {
  std::string message = fmt::format("{} must be {}", subject(member.key->name), must_be);
  // Whatever stands there instead of a key may be most of the key.
  const std::string_view name = member.key->name;
  const bool secret =
      (name == "aes_key" || name == "aes_key_next") && member.value->kind == YamlNode::Kind::scalar;
  if (!secret) message += fmt::format(", not {}", describe(*member.value));
  report_.error(value_mark(member.key->name), std::move(message));
}

const Section::Member* Section::scalar(std::string_view name, std::string_view must_be) const {
  const Member* member = find(name);
  if (member == nullptr) return nullptr;
  if (member->value->kind == YamlNode::Kind::null) {
    report_.error(member->name->at,
                  fmt::format("{} has no value: give it one or leave the key out", subject(name)));
    return nullptr;
  }
  if (member->value->kind != YamlNode::Kind::scalar) {
    report_value(*member, must_be);
    return nullptr;
  }
  return member;
}

std::optional<std::string> Section::text(std::string_view name) const {
  const Member* member = scalar(name, "text");
  if (member == nullptr) return std::nullopt;
  const std::string& text = member->value->text;
  const auto size = static_cast<std::int64_t>(text.size());
  if (size < member->key->min || size > member->key->max) {
    report_.error(value_mark(name), fmt::format("{} must have {}, not {}", subject(name),
                                                range_text(*member->key), size));
    return std::nullopt;
  }
  const bool has_control = std::ranges::any_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (has_control) {
    report_.error(value_mark(name),
                  fmt::format("{} has a character that cannot be printed", subject(name)));
    return std::nullopt;
  }
  return text;
}

std::optional<bool> Section::boolean(std::string_view name) const {
  const Member* member = scalar(name, "true or false");
  if (member == nullptr) return std::nullopt;
  if (!member->value->quoted && member->value->text == "true") return true;
  if (!member->value->quoted && member->value->text == "false") return false;
  report_value(*member, "true or false");
  return std::nullopt;
}

std::optional<std::int64_t> Section::integer(std::string_view name) const {
  const KeyInfo* key = find(name) != nullptr ? find(name)->key : nullptr;
  if (key == nullptr) return std::nullopt;
  const std::string must_be = fmt::format("an integer from {} to {}", key->min, key->max);
  const Member* member = scalar(name, must_be);
  if (member == nullptr) return std::nullopt;
  const std::string& text = member->value->text;
  if (member->value->quoted) {
    report_.error(value_mark(name), fmt::format("{} must be {}, not text: remove the quotes",
                                                subject(name), must_be));
    return std::nullopt;
  }
  if (looks_octal(text)) {
    report_.error(value_mark(name), fmt::format("{} must be {}, without leading zeros: {} could "
                                                "be read as octal",
                                                subject(name), must_be, shown(text)));
    return std::nullopt;
  }
  const auto value = parse_integer(text);
  if (value && *value >= key->min && *value <= key->max) return value;
  report_value(*member, must_be);
  return std::nullopt;
}

std::optional<std::string> Section::number(std::string_view name) const {
  const KeyInfo* key = find(name) != nullptr ? find(name)->key : nullptr;
  if (key == nullptr) return std::nullopt;
  std::string must_be = "a number";
  if (key->type == KeyType::factor) must_be += " other than 0";
  if (key->min != key->max) must_be += fmt::format(" of {} or more", key->min);
  const Member* member = scalar(name, must_be);
  if (member == nullptr) return std::nullopt;
  const std::string& text = member->value->text;
  const auto value = parse_number(text);
  if (!value || (key->type == KeyType::factor && *value == 0) ||
      (key->min != key->max && *value < static_cast<double>(key->min))) {
    report_value(*member, must_be);
  } else if (member->value->quoted) {
    report_.error(value_mark(name), fmt::format("{} must be {}, not text: remove the quotes",
                                                subject(name), must_be));
  } else if (looks_octal(text)) {
    report_.error(value_mark(name), fmt::format("{} must be {}, without leading zeros: {} could "
                                                "be read as octal",
                                                subject(name), must_be, shown(text)));
  } else {
    return text;
  }
  return std::nullopt;
}

std::optional<double> Section::number_value(std::string_view name) const {
  const auto text = number(name);
  return text ? parse_number(*text) : std::nullopt;
}

std::optional<std::string> Section::choice(std::string_view name) const {
  const Member* member = scalar(name, "a word");
  if (member == nullptr) return std::nullopt;
  std::vector<std::string_view> words;
  for (std::string_view rest = member->key->choices; !rest.empty();) {
    words.push_back(rest.substr(0, rest.find(' ')));
    rest.remove_prefix(std::min(rest.size(), words.back().size() + 1));
  }
  const std::string& text = member->value->text;
  if (std::ranges::find(words, text) != words.end()) return text;
  report_value(*member, range_text(*member->key));
  return std::nullopt;
}

std::optional<std::chrono::milliseconds> Section::duration(std::string_view name) const {
  const Member* member = scalar(name, "a duration such as 30s");
  if (member == nullptr) return std::nullopt;
  const auto span = parse_duration(member->value->text);
  if (!span) {
    report_value(*member, "a duration " + span.error());
    return std::nullopt;
  }
  if (span->count() < member->key->min || span->count() > member->key->max) {
    report_value(*member, fmt::format("a duration from {} to {}",
                                      duration_text(std::chrono::milliseconds(member->key->min)),
                                      duration_text(std::chrono::milliseconds(member->key->max))));
    return std::nullopt;
  }
  return *span;
}

void Section::check(std::string_view name) const {
  const Member* member = find(name);
  if (member == nullptr) return;
  switch (member->key->type) {
    case KeyType::text:
    case KeyType::path:
      return static_cast<void>(text(name));
    case KeyType::boolean:
      return static_cast<void>(boolean(name));
    case KeyType::integer:
      return static_cast<void>(integer(name));
    case KeyType::number:
    case KeyType::factor:
      return static_cast<void>(number(name));
    case KeyType::duration:
      return static_cast<void>(duration(name));
    case KeyType::choice:
      return static_cast<void>(choice(name));
    case KeyType::list:
      return static_cast<void>(list(name));
    case KeyType::mapping:
      return static_cast<void>(mapping(name));
    case KeyType::driver:
    case KeyType::command:
      return;
  }
}

const YamlNode* Section::collection(std::string_view name, YamlNode::Kind kind) const {
  const Member* member = find(name);
  // A key whose entries were all commented out.
  if (member == nullptr || member->value->kind == YamlNode::Kind::null) return nullptr;
  if (member->value->kind != kind) {
    const bool has_dashes = member->value->kind == YamlNode::Kind::list;
    report_value(*member, kind == YamlNode::Kind::list ? "a list, such as [a, b]"
                          : has_dashes                 ? "a mapping of 'key: value', without '- '"
                                                       : "a mapping");
    return nullptr;
  }
  const std::size_t count =
      member->value->children.size() / (kind == YamlNode::Kind::mapping ? 2 : 1);
  if (count > static_cast<std::size_t>(member->key->max)) {
    report_.error(value_mark(name), fmt::format("{} has {} entries; at most {} are possible",
                                                subject(name), count, member->key->max));
    return nullptr;
  }
  return member->value;
}

const YamlNode* Section::list(std::string_view name) const {
  return collection(name, YamlNode::Kind::list);
}

const YamlNode* Section::mapping(std::string_view name) const {
  return collection(name, YamlNode::Kind::mapping);
}

}  // namespace dsn::config
