// SPDX-License-Identifier: Apache-2.0
// Reads the members of a JSON object that another program wrote.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/suggest.hpp"
#include "local/json/json_codec.hpp"
#include "local/json/words.hpp"

namespace dsn::local {

/// The longest span of time in an answer or a request: a century. A longer one makes no sense, and
/// sums of spans must not overflow.
inline constexpr std::chrono::milliseconds kSpanMax{100LL * 366 * 86'400'000};

/// One of the two visitors of json_members.hpp: it fills a structure. The first problem is kept, so
/// that a decoder reads straight through and asks ok() once at the end. A member that is wrong or
/// missing leaves its variable as it was. The JSON object must outlive the reader.
class JsonReader {
 public:
  explicit JsonReader(const JsonIn& object);

  /// A member that must be there.
  template <typename T>
  void required(const char* name, T& member) {
    read(name, find(name), member);
  }
  /// A member that may be absent or null.
  template <typename T>
  void optional(const char* name, T& member) {
    const JsonIn* json = find(name);
    if (json != nullptr && !json->is_null()) read(name, json, member);
  }
  /// The same; the writer leaves it out if it says nothing.
  template <typename T>
  void if_set(const char* name, T& member) {
    optional(name, member);
  }
  /// A list that may be absent or null, or its only element.
  template <typename T>
  void some(const char* name, std::vector<T>& list) {
    const JsonIn* json = find(name);
    if (json == nullptr || json->is_null()) return;
    if (json->is_array()) return read(name, json, list);
    read(name, json, list.emplace_back());
  }
  /// A member that is an object, whose own members `visit` reads.
  template <typename Visit>
  void object(const char* name, Visit visit) {
    static const JsonIn kAbsent;
    const JsonIn* json = find(name);
    JsonReader inner(json != nullptr ? *json : kAbsent);
    visit(inner);
    take_problem(name, inner);
  }
  /// The value of a key.
  void value(Value& value);
  /// The payload of a message; null if it is absent.
  void payload(Value& value);
  void optional_payload(std::optional<Value>& value);
  /// Written for people only.
  void time(std::chrono::milliseconds) {}

  /// The member itself, whatever it is; null if it is absent.
  const JsonIn* find(const char* name);

  /// A member that was not asked for is the problem, before any other: a misspelt parameter must
  /// not pass silently.
  void refuse_others(const char* what = "a parameter of this method");
  void fail(std::string problem);

  [[nodiscard]] bool ok() const { return problem_.empty(); }
  /// The first problem, in words: "'key' must be a text".
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  void read_value(const std::string& name, const JsonIn& json, std::size_t bytes_max, Value& value);
  // `json` is null if the member is absent.
  void read(const char* name, const JsonIn* json, std::string& text);
  void read(const char* name, const JsonIn* json, bool& truth);
  void read(const char* name, const JsonIn* json, double& number);
  void read(const char* name, const JsonIn* json, std::uint16_t& number);
  void read(const char* name, const JsonIn* json, std::uint32_t& number);
  void read(const char* name, const JsonIn* json, std::uint64_t& number);
  void read(const char* name, const JsonIn* json, std::chrono::milliseconds& span);
  void read(const char* name, const JsonIn* json, std::chrono::microseconds& span);
  void read(const char* name, const JsonIn* json, std::vector<std::string>& texts);
  void read(const char* name, const JsonIn* json,
            std::vector<std::pair<std::string, std::uint64_t>>& counters);

  template <typename T>
  void read(const char* name, const JsonIn* json, std::optional<T>& member) {
    T content{};
    read(name, json, content);
    member = std::move(content);
  }
  template <typename T>
  void read(const char* name, const JsonIn* json, std::vector<T>& list) {
    if (!is_list(name, json)) return;
    for (const JsonIn& element : *json) read(name, &element, list.emplace_back());
  }
  template <typename T>
  void read(const char* name, const JsonIn* json, T& member) {
    if constexpr (std::is_enum_v<T>) {
      std::string word;
      read(name, json, word);
      if (!ok()) return;
      const std::optional<T> found = kWords<T>.find(word);
      if (!found) fail('\'' + std::string(name) + "': " + no_such_word(word, kWords<T>.words()));
      member = found.value_or(member);
    } else {
      if (json == nullptr) return missing(name, "an object");
      JsonReader reader(*json);
      members(reader, member);
      take_problem(name, reader);
    }
  }

  std::uint64_t number_up_to(const char* name, const JsonIn* json, std::uint64_t max);
  bool is_list(const char* name, const JsonIn* json);
  void missing(const char* name, const char* what);
  void take_problem(const char* name, const JsonReader& inner);

  const JsonIn& object_;
  std::string problem_;
  /// The names that were asked for; all of them are literals.
  std::vector<const char*> asked_;
};

}  // namespace dsn::local
