// SPDX-License-Identifier: Apache-2.0
// Writes the members of a JSON object, in the order in which they are visited.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "local/json/json_append.hpp"
#include "local/json/wall_clock.hpp"
#include "local/json/words.hpp"

namespace dsn::local {

/// One of the two visitors of json_members.hpp: it appends a structure to a text. Names of members
/// need no escapes.
class JsonWriter {
 public:
  /// Ages are written as times too, if there is a clock. Both must outlive the writer.
  explicit JsonWriter(std::string& out, const WallClock* clock = nullptr)
      : out_(out), clock_(clock) {}

  /// One object; `visit` is given the writer of its members.
  template <typename Visit>
  static void object(std::string& out, const WallClock* clock, Visit visit) {
    out += '{';
    JsonWriter writer(out, clock);
    visit(writer);
    out += '}';
  }

  /// A member that is always written; one without content is null.
  template <typename T>
  void required(const char* name, const T& member) {
    begin(name);
    write(member);
  }
  template <typename T>
  void optional(const char* name, const T& member) {
    required(name, member);
  }
  /// A member that is left out if it is empty or zero.
  template <typename T>
  void if_set(const char* name, const T& member) {
    if (says_something(member)) required(name, member);
  }
  template <typename T>
  void some(const char* name, const std::vector<T>& list) {
    if (!list.empty()) required(name, list);
  }
  template <typename Visit>
  void object(const char* name, Visit visit) {
    begin(name);
    object(out_, clock_, visit);
  }
  void value(const Value& value);
  void payload(const Value& value);
  /// One that is left out if there is none.
  void optional_payload(const std::optional<Value>& value) {
    if (value) payload(*value);
  }
  /// When something of this age happened, and whether the clock can be believed.
  void time(std::chrono::milliseconds age);

 private:
  static bool says_something(const std::string& text) { return !text.empty(); }
  static bool says_something(std::chrono::milliseconds span) { return span.count() > 0; }
  static bool says_something(bool truth) { return truth; }
  static bool says_something(std::uint32_t number) { return number != 0; }
  template <typename T>
  static bool says_something(const std::optional<T>& member) {
    return member.has_value();
  }

  void begin(std::string_view name);

  void write(std::string_view text) { append_text(out_, text); }
  void write(const std::string& text) { append_text(out_, text); }
  void write(bool truth) { out_ += truth ? "true" : "false"; }
  void write(double number) { append_number(out_, number); }
  void write(std::chrono::microseconds span) { write(span.count()); }
  void write(std::chrono::milliseconds span);
  void write(const std::optional<std::chrono::milliseconds>& limit);
  void write(const std::vector<std::pair<std::string, std::uint64_t>>& counters);

  template <typename T>
  void write(const std::optional<T>& member) {
    if (!member) {
      out_ += "null";
    } else {
      write(*member);
    }
  }
  template <typename T>
  void write(const std::vector<T>& list) {
    out_ += '[';
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (i > 0) out_ += ',';
      write(list[i]);
    }
    out_ += ']';
  }
  template <typename T>
  void write(const T& member) {
    if constexpr (std::is_integral_v<T>) {
      out_ += std::to_string(member);
    } else if constexpr (std::is_enum_v<T>) {
      write(std::string_view(kWords<T>.word(member)));
    } else {
      object(out_, clock_, [&member](JsonWriter& inner) { members(inner, member); });
    }
  }

  std::string& out_;
  const WallClock* clock_;
  bool is_first_ = true;
};

}  // namespace dsn::local
