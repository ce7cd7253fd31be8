// SPDX-License-Identifier: Apache-2.0
#include "config/section.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/suggest.hpp"
#include "config/scalar.hpp"

namespace dsn::config {
namespace {

std::string known_here(const std::vector<std::string_view>& names) {
  std::string text = "; known here:";
  for (const std::string_view name : names) text.append(" ").append(name);
  return text;
}

}  // namespace

std::string describe(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null:
      return "nothing";
    case Node::Kind::scalar:
      return shown(node.text);
    case Node::Kind::list:
      return "a list";
    case Node::Kind::mapping:
      return "a mapping";
  }
  return "";
}

Section::Section(const Node& mapping, KeyScope scope, std::string where, Report& report)
    : at_(mapping.at),
      where_(where.empty() ? std::string() : " in " + std::move(where)),
      report_(report) {
  for (std::size_t i = 0; i + 1 < mapping.children.size(); i += 2) {
    const Node& name = mapping.children[i];
    if (const KeyInfo* key = find_key(scope, name.text)) {
      members_.push_back({key, &name, &mapping.children[i + 1]});
      continue;
    }
    has_unknown_keys_ = true;
    const auto known = names_in(scope);
    std::string hint = did_you_mean(name.text, known);
    if (hint.empty()) hint = known_here(known);
    report_.error(name.at, fmt::format("unknown key {}{}{}", shown(name.text), where_, hint));
  }
}

const Section::Member* Section::find(std::string_view name) const {
  const auto found =
      std::ranges::find_if(members_, [&](const Member& m) { return m.key->name == name; });
  return found == members_.end() ? nullptr : &*found;
}

Mark Section::key_mark(std::string_view name) const {
  const Member* member = find(name);
  return member != nullptr ? member->name->at : at_;
}

Mark Section::value_mark(std::string_view name) const {
  const Member* member = find(name);
  if (member == nullptr) return at_;
  // yaml-cpp gives the place of the next token for a value that is not there.
  return member->value->kind == Node::Kind::null ? member->name->at : member->value->at;
}

const Node* Section::value(std::string_view name) const {
  const Member* member = find(name);
  return member != nullptr ? member->value : nullptr;
}

std::string Section::subject(std::string_view name) const {
  return fmt::format("'{}'{}", name, where_);
}

void Section::report_value(const Member& member, std::string_view must_be) const {
  std::string message = fmt::format("{} must be {}", subject(member.key->name), must_be);
  // Whatever stands there instead of a key may be most of the key.
  const bool secret = member.key->name == "aes_key" && member.value->kind == Node::Kind::scalar;
  if (!secret) message += fmt::format(", not {}", describe(*member.value));
  report_.error(value_mark(member.key->name), std::move(message));
}

const Section::Member* Section::scalar(std::string_view name, std::string_view must_be) const {
  const Member* member = find(name);
  if (member == nullptr) return nullptr;
  if (member->value->kind == Node::Kind::null) {
    report_.error(member->name->at,
                  fmt::format("{} has no value: give it one or leave the key out", subject(name)));
    return nullptr;
  }
  if (member->value->kind != Node::Kind::scalar) {
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
  const Member* member = scalar(name, "a number other than 0");
  if (member == nullptr) return std::nullopt;
  const auto value = parse_number(member->value->text);
  if (value && *value != 0 && !looks_octal(member->value->text)) return member->value->text;
  report_value(*member, "a number other than 0");
  return std::nullopt;
}

std::optional<double> Section::level(std::string_view name) const {
  const Member* member = scalar(name, "a number");
  if (member == nullptr) return std::nullopt;
  const auto value = parse_number(member->value->text);
  if (value && !looks_octal(member->value->text)) return value;
  report_value(*member, "a number");
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

const Node* Section::collection(std::string_view name, Node::Kind kind) const {
  const Member* member = find(name);
  // A key whose entries were all commented out.
  if (member == nullptr || member->value->kind == Node::Kind::null) return nullptr;
  if (member->value->kind != kind) {
    report_value(*member, kind == Node::Kind::list ? "a list, such as [a, b]" : "a mapping");
    return nullptr;
  }
  const std::size_t count = member->value->children.size() / (kind == Node::Kind::mapping ? 2 : 1);
  if (count > static_cast<std::size_t>(member->key->max)) {
    report_.error(value_mark(name), fmt::format("{} has {} entries; at most {} are possible",
                                                subject(name), count, member->key->max));
    return nullptr;
  }
  return member->value;
}

const Node* Section::list(std::string_view name) const {
  return collection(name, Node::Kind::list);
}

const Node* Section::mapping(std::string_view name) const {
  return collection(name, Node::Kind::mapping);
}

}  // namespace dsn::config
