// SPDX-License-Identifier: Apache-2.0
// A client of a running agent that never waits, for the event loop of a program. Client of
// client.hpp is the same for programs that may wait.
//
// It has a descriptor, and no thread. After each call, and after process(), a loop waits until
//   - descriptor() can be read, or, while wants_to_write(), written;
//   - time_left() is over, if there is one;
// and then calls process(). With poll(2):
//
//     pollfd wait{client.descriptor(), short(POLLIN | (client.wants_to_write() ? POLLOUT : 0)), 0};
//     const auto left = client.time_left();
//     poll(&wait, 1, left ? int(left->count()) : -1);
//     client.process();
//
// docs/examples/cpp has this as a program, and one for an io_context of Asio.
//
// Rules for all of it: no function blocks or throws. Times are durations of std::chrono.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dsn/client.hpp"

namespace dsn {

/// What process() calls besides the completions of requests. What is left out is not told.
struct ClientCallbacks {
  std::function<void(const NodeEvent&)> event{};  ///< after subscribe(); in the order of the agent
  std::function<void(const Message&)> message{};  ///< after listen()
  /// The connection is broken: once, behind the completions of all requests under way.
  std::function<void(const Error&)> ended{};
};

/// A connection to an agent. Requests may be made without waiting for others; they are served in
/// order, but answers to fetch, send, ask, emit and examine come when the network has answered.
///
/// Each request has a completion, which process() calls once, with the answer or the Error; it may
/// be empty. Completions and callbacks may make requests. They must neither call process() nor
/// destroy the client or assign to it. A client that is destroyed calls nothing.
///
/// Errors: as of Client. An agent that says nothing for 5 s (for requests with a timeout 5 s more
/// than that; for examine() 2 minutes) counts as ErrorCode::timed_out if time_left() is kept.
/// What breaks the connection fails all requests under way, and every further one with the same
/// error: connect() anew. ErrorCode::refused without asking the agent: 1 MiB of requests wait to be
/// taken by it.
///
/// Use an AsyncClient from one thread at a time. One that was moved from may only be destroyed or
/// assigned to.
class AsyncClient {
 public:
  template <typename T>
  using Done = std::function<void(Result<T>)>;

  /// As Client::connect(). It does not wait either: a local socket takes a connection at once.
  [[nodiscard]] static Result<AsyncClient> connect(const std::string& socket_path,
                                                   ClientCallbacks callbacks = {});
  AsyncClient(AsyncClient&&) noexcept;
  AsyncClient& operator=(AsyncClient&&) noexcept;
  ~AsyncClient();

  /// The socket, the same for the life of the client, which closes it. Only for waiting. What
  /// tells changes only (EPOLLET) misses what process() leaves: it reads 64 KiB at most in a call.
  [[nodiscard]] int descriptor() const;
  /// Something waits until the agent takes more.
  [[nodiscard]] bool wants_to_write() const;
  /// process() is to be called when this is over, though nothing came; nothing: no request is
  /// under way.
  [[nodiscard]] std::optional<std::chrono::milliseconds> time_left() const;
  /// Does what can be done now, and calls completions and callbacks. Needless calls do no harm.
  void process();
  /// False once the connection is broken.
  [[nodiscard]] bool connected() const;

  // The requests, each as Client documents it.
  void read(const ReadQuery& query, Done<std::vector<Reading>> done);
  void fetch(const FetchRequest& request, Done<Reading> done);
  void nodes(Done<std::vector<NodeInfo>> done);
  void set(const std::vector<SetRequest>& entries, Done<SetReport> done);
  void unset(const std::vector<std::string>& keys, Done<std::uint64_t> done);
  void status(Done<AgentStatus> done);
  void examine(Done<Examination> done);
  void hello(const std::string& name, const std::string& version, Done<void> done);
  void modules(Done<std::vector<ModuleInfo>> done);
  void forget(const std::string& node, Done<ForgetOutcome> done);
  void network_keys(Done<KeyStatus> done);
  void rotate_key(const KeyRotation& rotation, Done<void> done);
  void leave(Done<void> done);
  void sleep(std::chrono::milliseconds silence, Done<void> done);
  void reload(Done<ReloadReport> done);
  void send(const SendRequest& request, Done<SendReport> done);
  void ask(const SendRequest& request, Done<SendReport> done);
  void emit(const SendRequest& request, Done<std::vector<SendReport>> done);
  void reply(const std::string& ask, const Value& payload, Done<void> done);
  void decline(const std::string& ask, const std::string& reason, Done<void> done);
  /// Events come to ClientCallbacks::event, all of them behind this answer.
  void subscribe(const ReadQuery& query, bool snapshot, Done<void> done);
  /// Messages come to ClientCallbacks::message.
  void listen(const std::vector<std::string>& names, Done<void> done);

 private:
  struct Impl;
  explicit AsyncClient(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace dsn
