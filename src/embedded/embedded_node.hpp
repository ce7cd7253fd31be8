// SPDX-License-Identifier: Apache-2.0
// What dsn::Node is made of: a node on a thread of its own, or on the io_context of the program.
#pragma once

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "config/config.hpp"
#include "dsn/node.hpp"
#include "embedded/courier.hpp"
#include "loop/alive.hpp"
#include "node/credentials.hpp"
#include "node/node_runtime.hpp"

namespace dsn::embedded {

/// What a thread waits for. If nobody answers any more, the node has stopped.
template <typename T>
class Answer {
 public:
  ~Answer() {
    if (!is_given_) give(Error{"the node has stopped", ErrorCode::disconnected});
  }
  void give(const Result<T>& result) {
    if (!std::exchange(is_given_, true)) promise_.set_value(result);
  }
  [[nodiscard]] std::future<Result<T>> future() { return promise_.get_future(); }

 private:
  std::promise<Result<T>> promise_;
  bool is_given_ = false;
};

/// Callbacks wait until the datagrams that are ready have been handled, or are posted, so that they
/// may call the node: it is not in the midst of anything then.
class EmbeddedNode : public node::NodeListener {
 public:
  /// `io` may be null: then the node has a thread of its own.
  EmbeddedNode(asio::io_context* io, config::Config config, node::Credentials credentials,
               NodeCallbacks callbacks);
  ~EmbeddedNode() override { stop(); }
  EmbeddedNode(const EmbeddedNode&) = delete;
  EmbeddedNode& operator=(const EmbeddedNode&) = delete;

  void start();
  /// Says what the configuration has for a stop.
  void stop() { stop(usual_bye_); }
  void stop(const wire::Bye& bye);

  [[nodiscard]] bool is_on_loop() const {
    return !thread_.joinable() || thread_.get_id() == std::this_thread::get_id();
  }

  /// Runs the function on the node's thread, and waits for it.
  template <typename Function>
  auto call(Function function) -> decltype(function()) {
    if (is_on_loop()) return function();
    std::packaged_task<decltype(function())()> task(std::move(function));
    auto result = task.get_future();
    asio::post(io_, [&task] { task(); });
    return result.get();
  }

  /// Begins something on the node's thread, and waits for what it calls its argument with.
  template <typename T, typename Begin>
  Result<T> wait_for(Begin begin) {
    if (is_on_loop()) {
      return Error{"this would block the node's own thread: give a function that is called",
                   ErrorCode::refused};
    }
    auto answer = std::make_shared<Answer<T>>();
    auto result = answer->future();
    asio::post(io_, [answer = std::move(answer), begin = std::move(begin)] {
      begin([answer](const Result<T>& outcome) { answer->give(outcome); });
    });
    return result.get();
  }

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] node::NodeRuntime& runtime() { return runtime_; }
  [[nodiscard]] Courier& courier() { return courier_; }

 private:
  void handle_event(const core::CoreEvent& event) override;
  void handle_notice(node::Notice /*notice*/) override {}
  void handle_counted() override {}
  node::MessageVerdict handle_message(const core::ReceivedMessage& message) override {
    return courier_.handle_message(message);
  }
  void handle_settled(const core::SettledMessage& message) override {
    courier_.handle_settled(message);
  }

  void handle_batch_end() override { tell_all(); }

  using Told = std::variant<NodeEvent, Message>;
  node::MessageVerdict take(const Message& message);
  void tell_soon(Told told);
  void tell_all();
  void tell(const Told& told) const;
  void tell(const NodeEvent& event) const;

  const std::unique_ptr<asio::io_context> own_io_;
  asio::io_context& io_;
  const std::string name_;
  const std::string id_;
  const wire::Bye usual_bye_;
  const NodeCallbacks callbacks_;
  node::NodeRuntime runtime_;
  Courier courier_;
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> guard_;
  std::thread thread_;
  bool stopped_ = false;
  std::vector<Told> waiting_;  // what callbacks are to be told, in this order
  loop::Alive alive_;
};

}  // namespace dsn::embedded
