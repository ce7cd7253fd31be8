// SPDX-License-Identifier: Apache-2.0
// Reads the members of a JSON object that somebody else wrote.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "local/json/json_codec.hpp"

namespace dsn::local {

/// The longest span of time in an answer or a request: a century. What is longer is nonsense, and
/// sums of it must not overflow.
inline constexpr std::chrono::milliseconds kSpanMax{100LL * 366 * 86'400'000};

/// A reader with a sticky first problem, so that a decoder reads straight through and asks ok()
/// once at the end. A wrong or missing member reads as an empty value. The object must outlive it.
class JsonFields {
 public:
  explicit JsonFields(const JsonIn& object);

  /// Members that must be there.
  std::string text(const char* name);
  std::uint64_t uint(const char* name,
                     std::uint64_t max = std::numeric_limits<std::uint64_t>::max());
  std::uint32_t uint32(const char* name);
  bool boolean(const char* name);
  std::chrono::milliseconds milliseconds(const char* name);
  /// An array, or nullptr after a problem.
  const JsonIn* array(const char* name);
  std::vector<std::string> texts(const char* name);

  /// Members that may be absent or null.
  std::optional<std::string> optional_text(const char* name);
  std::optional<std::uint64_t> optional_uint(const char* name);
  std::optional<double> optional_number(const char* name);
  std::optional<std::chrono::milliseconds> optional_milliseconds(const char* name);

  /// The member itself if it is there, whatever it is.
  const JsonIn* find(const char* name);

  /// A member that was not asked for is a problem: a misspelt parameter must not pass silently.
  void refuse_others();
  void fail(std::string problem);

  [[nodiscard]] bool ok() const { return problem_.empty(); }
  /// The first problem, in words: "'key' must be a text".
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  const JsonIn* require(const char* name, const char* what);
  const JsonIn* find_set(const char* name);

  const JsonIn& object_;
  std::string problem_;
  /// Names asked for; a literal each.
  std::vector<const char*> asked_;
};

}  // namespace dsn::local
