// SPDX-License-Identifier: Apache-2.0
// Requests to an agent that wait for their answers, and what comes unasked. Nothing here waits.
#pragma once

#include <functional>
#include <map>

#include "local/client/client_connection.hpp"
#include "local/json/json_codec.hpp"

namespace dsn::local {

inline constexpr std::chrono::milliseconds kAnswerPatience{5000};

/// A request as it is sent, and what takes its answer.
struct ClientRequest {
  const char* method = "";
  std::string params{};
  /// The answer, without elements that `take` took, or why there is none. May be empty.
  std::function<void(Result<JsonIn>)> done{};
  /// Is given the elements of a list; empty if no list is expected.
  std::function<void(const JsonIn&)> take{};
  /// How long the agent may say nothing.
  std::chrono::milliseconds patience = kAnswerPatience;
};

/// What comes unasked, and the end.
struct ClientNotices {
  std::function<void(const std::string& method, const JsonIn& params)> notification;
  std::function<void(const Error&)> ended;
};

class ClientRequests {
 public:
  ClientRequests(ClientConnection lines, ClientNotices notices)
      : lines_(std::move(lines)), notices_(std::move(notices)) {}

  void begin(ClientRequest request);
  /// Does what can be done now. Everything that is called may begin requests.
  void process();

  [[nodiscard]] bool works() const { return !lines_.failure(); }
  [[nodiscard]] int descriptor() const { return lines_.descriptor(); }
  [[nodiscard]] bool wants_to_write() const { return lines_.unsent() > 0; }
  [[nodiscard]] std::optional<std::chrono::milliseconds> time_left() const;

 private:
  using TimePoint = ClientConnection::TimePoint;
  struct Waiting {
    ClientRequest request;
    TimePoint started{};
    bool is_refused = false;  ///< it was not sent
  };

  void handle(const std::string& line);
  std::optional<JsonIn> parse(const std::string& line);
  void answer(const JsonIn& json);
  void fail_refused();
  void give_up_overdue();
  void fail_all();
  [[nodiscard]] TimePoint due(const Waiting& waiting) const;

  ClientConnection lines_;
  ClientNotices notices_;
  std::uint64_t count_ = 0;
  std::map<std::uint64_t, Waiting> waiting_;  // by id
  std::size_t refused_ = 0;                   // of those
  bool has_ended_ = false;
};

}  // namespace dsn::local
