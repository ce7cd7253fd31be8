// SPDX-License-Identifier: Apache-2.0
// Writes the members of a JSON object, in the order in which they are visited.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "local/json/json_codec.hpp"
#include "local/json/wall_clock.hpp"
#include "local/json/words.hpp"

namespace dsn::local {

/// One of the two visitors of json_members.hpp: it writes a structure.
class JsonWriter {
 public:
  /// Ages are written as times too, if there is a clock. It must outlive the writer.
  explicit JsonWriter(const WallClock* clock = nullptr) : clock_(clock) {}

  /// A member that is always written; one without content is null.
  template <typename T>
  void required(const char* name, const T& member) {
    json_[name] = encode(member);
  }
  template <typename T>
  void optional(const char* name, const T& member) {
    json_[name] = encode(member);
  }
  /// A member that is left out if it is empty or zero.
  template <typename T>
  void if_set(const char* name, const T& member) {
    if (says_something(member)) json_[name] = encode(member);
  }
  template <typename Visit>
  void object(const char* name, Visit visit) {
    JsonWriter inner(clock_);
    visit(inner);
    json_[name] = std::move(inner).json();
  }
  void value(const Value& value) { json_["value"] = value_to_json(value); }
  /// Says what the value is, where JSON cannot.
  void note(const Value& value);
  /// When something of this age happened, and whether the clock can be believed.
  void time(std::chrono::milliseconds age);

  [[nodiscard]] JsonOut json() && { return std::move(json_); }

 private:
  static bool says_something(const std::string& text) { return !text.empty(); }
  static bool says_something(std::chrono::milliseconds span) { return span.count() > 0; }
  template <typename T>
  static bool says_something(const std::optional<T>& member) {
    return member.has_value();
  }

  static JsonOut encode(const std::string& text) { return text; }
  static JsonOut encode(bool truth) { return truth; }
  static JsonOut encode(double number) { return number; }
  static JsonOut encode(std::uint16_t number) { return number; }
  static JsonOut encode(std::uint32_t number) { return number; }
  static JsonOut encode(std::uint64_t number) { return number; }
  static JsonOut encode(const std::vector<std::string>& texts) { return texts; }
  static JsonOut encode(std::chrono::microseconds span) { return span.count(); }
  static JsonOut encode(std::chrono::milliseconds span);
  static JsonOut encode(const std::optional<std::chrono::milliseconds>& limit);
  static JsonOut encode(const std::vector<std::pair<std::string, std::uint64_t>>& counters);

  template <typename T>
  JsonOut encode(const std::optional<T>& member) const {
    return member ? encode(*member) : JsonOut(nullptr);
  }
  template <typename T>
  JsonOut encode(const std::vector<T>& list) const {
    JsonOut json = JsonOut::array();
    for (const T& element : list) json.push_back(encode(element));
    return json;
  }
  template <typename T>
  JsonOut encode(const T& member) const {
    if constexpr (std::is_enum_v<T>) {
      return kWords<T>.word(member);
    } else {
      JsonWriter inner(clock_);
      members(inner, member);
      return std::move(inner).json();
    }
  }

  const WallClock* clock_;
  JsonOut json_ = JsonOut::object();
};

}  // namespace dsn::local
