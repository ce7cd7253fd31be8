// SPDX-License-Identifier: Apache-2.0
// A value or the sentence that says why there is none (std::expected is C++23).
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace dsn {

/// What failed, where and why, in words for the operator; no trailing full stop, no newline.
struct Error {
  std::string message;
};

/// Ends the process: somebody took the value of a failure, or the error of a success.
[[noreturn]] void result_misused();

/// Either a T or an Error. Reading the one that is absent is a bug and ends the process.
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

  [[nodiscard]] const std::string& error() const {
    return checked(std::get_if<1>(&state_))->message;
  }

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
  [[nodiscard]] const std::string& error() const {
    if (!error_) result_misused();
    return error_->message;
  }

 private:
  std::optional<Error> error_;
};

}  // namespace dsn
