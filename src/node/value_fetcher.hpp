// SPDX-License-Identifier: Apache-2.0
// Has the core fetch values and samples of other nodes, and calls who waits for them.
#pragma once

#include <asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <system_error>

#include "core/node.hpp"
#include "core/value_requests.hpp"
#include "loop/alive.hpp"
#include "loop/handles.hpp"
#include "node/core_driver.hpp"

namespace dsn::node {

/// Runs core::ValueRequests on an event loop. `io`, `core` and `driver` must outlive it.
class ValueFetcher {
 public:
  using Done = std::function<void(const Result<void>&)>;
  /// Samples a sensor now, and calls `done` when its values are committed or it failed.
  using Sample = std::function<void(const std::string& key, const Done& done)>;
  /// What is to happen when another node has read a value of this one.
  using Touch = std::function<void(const std::string& key)>;

  ValueFetcher(asio::io_context& io, core::Node& core, CoreDriver& driver, Sample sample,
               Touch touch)
      : core_(core),
        driver_(driver),
        sample_(std::move(sample)),
        touch_(std::move(touch)),
        requests_(core),
        timer_(io) {}
  ValueFetcher(const ValueFetcher&) = delete;
  ValueFetcher& operator=(const ValueFetcher&) = delete;

  /// As core::ValueRequests::fetch.
  void fetch(const NodeId& origin, const std::string& key, Duration patience, Done done);
  /// As core::ValueRequests::sample; a key of this node is sampled here.
  void sample(const NodeId& origin, const std::string& key, Duration patience, Done done);

  /// Whether the message is a question or an answer of this kind, and if so, what becomes of it.
  std::optional<MessageVerdict> handle_message(const core::ReceivedMessage& message);
  void handle_settled(const core::SettledMessage& message);
  void handle_event(const core::CoreEvent& event);

  /// Leaves no work on the io_context. What is under way is not answered.
  void stop();

 private:
  void await(const Result<std::uint64_t>& request, Done done);
  void handle_timer(const std::error_code& error);
  void send_outgoing();
  void tell_ended();
  void answer_samples();
  void arm();

  core::Node& core_;
  CoreDriver& driver_;
  const Sample sample_;
  const Touch touch_;
  core::ValueRequests requests_;
  std::map<std::uint64_t, Done> waiting_;  // by the number of the request
  loop::Timer timer_;
  loop::Alive alive_;
};

}  // namespace dsn::node
