// SPDX-License-Identifier: Apache-2.0
// A value, or the error that says why there is none (std::expected is C++23).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace dsn {

/// The kind of an error, for a program that acts on it. The message is for people only: its wording
/// can change in any version.
enum class ErrorCode : std::uint8_t {
  failed,             ///< none of the kinds below
  invalid_argument,   ///< the request itself is wrong; sent again, it fails again
  not_found,          ///< the thing that was named does not exist
  permission_denied,  ///< the caller may not do this
  refused,            ///< the agent understood the request and said no
  unreachable,        ///< no agent listens there; it may be started later
  disconnected,       ///< the connection ended; connect anew
  timed_out,          ///< no answer came within the time limit
  not_understood,     ///< the answer cannot be read: the agent is of another version
};

/// Why something failed.
struct Error {
  /// What failed, where and why, in words for the operator; no trailing full stop, no newline.
  std::string message{};
  ErrorCode code = ErrorCode::failed;

  /// The same error with a text put before its message.
  [[nodiscard]] Error prefixed(const std::string& prefix) const { return {prefix + message, code}; }
};

/// Ends the process: the value of a failure was read, or the error of a success.
[[noreturn]] void result_misused();

/// Either a T or an Error. Reading the one that is absent is a bug and ends the process.
/// `return result.failure();` passes an error on, also as a Result of another type.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  [[nodiscard]] T& value() & { return *checked(std::get_if<0>(&state_)); }
  [[nodiscard]] const T& value() const& { return *checked(std::get_if<0>(&state_)); }
  [[nodiscard]] T&& value() && { return std::move(*checked(std::get_if<0>(&state_))); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  [[nodiscard]] const Error& failure() const { return *checked(std::get_if<1>(&state_)); }
  [[nodiscard]] const std::string& error() const { return failure().message; }
  [[nodiscard]] ErrorCode code() const { return failure().code; }

 private:
  template <typename P>
  static P* checked(P* held) {
    if (held == nullptr) result_misused();
    return held;
  }
  std::variant<T, Error> state_;
};

/// Success, or the reason why not.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}
  [[nodiscard]] bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  [[nodiscard]] const Error& failure() const {
    if (!error_) result_misused();
    return *error_;
  }
  [[nodiscard]] const std::string& error() const { return failure().message; }
  [[nodiscard]] ErrorCode code() const { return failure().code; }

 private:
  std::optional<Error> error_;
};

}  // namespace dsn
