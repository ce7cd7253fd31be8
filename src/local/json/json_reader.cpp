// SPDX-License-Identifier: Apache-2.0
#include "local/json/json_reader.hpp"

#include <algorithm>
#include <utility>

namespace dsn::local {
namespace {

std::string quoted(std::string_view name) { return std::string(1, '\'').append(name) + '\''; }

}  // namespace

JsonFields::JsonFields(const JsonIn& object) : object_(object) {
  if (!object.is_object()) fail("an object was expected");
}

void JsonFields::fail(std::string problem) {
  if (problem_.empty()) problem_ = std::move(problem);
}

const JsonIn* JsonFields::find(const char* name) {
  asked_.push_back(name);
  if (!object_.is_object()) return nullptr;
  const auto member = object_.find(name);
  return member != object_.end() ? &*member : nullptr;
}

const JsonIn* JsonFields::find_set(const char* name) {
  const JsonIn* member = find(name);
  return member != nullptr && !member->is_null() ? member : nullptr;
}

const JsonIn* JsonFields::require(const char* name, const char* what) {
  const JsonIn* member = find(name);
  if (member == nullptr) fail(quoted(name) + " is missing, " + what);
  return member;
}

std::string JsonFields::text(const char* name) {
  const JsonIn* member = require(name, "a text");
  if (member == nullptr) return {};
  const auto* text = member->get_ptr<const std::string*>();
  if (text == nullptr) fail(quoted(name) + " must be a text");
  return text != nullptr ? *text : std::string();
}

std::uint64_t JsonFields::uint(const char* name, std::uint64_t max) {
  const JsonIn* member = require(name, "a number");
  if (member == nullptr) return 0;
  if (!member->is_number_unsigned() || member->get<std::uint64_t>() > max) {
    fail(quoted(name) + " must be a whole number of at most " + std::to_string(max));
    return 0;
  }
  return member->get<std::uint64_t>();
}

std::uint32_t JsonFields::uint32(const char* name) {
  return static_cast<std::uint32_t>(uint(name, std::numeric_limits<std::uint32_t>::max()));
}

bool JsonFields::boolean(const char* name) {
  const JsonIn* member = require(name, "true or false");
  if (member == nullptr) return false;
  if (!member->is_boolean()) fail(quoted(name) + " must be true or false");
  return member->is_boolean() && member->get<bool>();
}

std::chrono::milliseconds JsonFields::milliseconds(const char* name) {
  return std::chrono::milliseconds(uint(name, static_cast<std::uint64_t>(kSpanMax.count())));
}

const JsonIn* JsonFields::array(const char* name) {
  const JsonIn* member = require(name, "a list");
  if (member == nullptr) return nullptr;
  if (!member->is_array()) fail(quoted(name) + " must be a list");
  return member->is_array() ? member : nullptr;
}

std::vector<std::string> JsonFields::texts(const char* name) {
  std::vector<std::string> texts;
  const JsonIn* list = array(name);
  if (list == nullptr) return texts;
  for (const JsonIn& element : *list) {
    const auto* text = element.get_ptr<const std::string*>();
    if (text == nullptr) {
      fail(quoted(name) + " must be texts");
      return texts;
    }
    texts.push_back(*text);
  }
  return texts;
}

std::optional<std::string> JsonFields::optional_text(const char* name) {
  if (find_set(name) == nullptr) return std::nullopt;
  return text(name);
}

std::optional<std::uint64_t> JsonFields::optional_uint(const char* name) {
  if (find_set(name) == nullptr) return std::nullopt;
  return uint(name);
}

std::optional<double> JsonFields::optional_number(const char* name) {
  const JsonIn* member = find_set(name);
  if (member == nullptr) return std::nullopt;
  if (!member->is_number()) fail(quoted(name) + " must be a number");
  return member->is_number() ? std::optional(member->get<double>()) : std::nullopt;
}

std::optional<std::chrono::milliseconds> JsonFields::optional_milliseconds(const char* name) {
  if (find_set(name) == nullptr) return std::nullopt;
  return milliseconds(name);
}

void JsonFields::refuse_others() {
  if (!object_.is_object()) return;
  for (const auto& member : object_.items()) {
    const bool known = std::any_of(asked_.begin(), asked_.end(),
                                   [&](const char* name) { return member.key() == name; });
    if (!known)
      fail(quoted(std::string_view(member.key()).substr(0, 40)) +
           " is not a parameter of this method");
  }
}

}  // namespace dsn::local
