// SPDX-License-Identifier: Apache-2.0
// Values that entries only name, and samples that readers ask for: asked of other nodes, and
// answered to them (docs/protocol.md, section 7.8).
#pragma once

#include <asio/io_context.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <set>
#include <string>
#include <system_error>
#include <vector>

#include "core/node.hpp"
#include "loop/alive.hpp"
#include "loop/handles.hpp"
#include "node/core_driver.hpp"

namespace dsn::node {

/// How many readers may wait for other nodes at a time.
inline constexpr std::size_t kFetchesMax = 256;
/// How long one node is waited for that may have a value, when others may have it too.
inline constexpr Duration kHolderPatience = std::chrono::seconds(1);
/// How many other nodes than the owner are asked for a value.
inline constexpr std::size_t kHoldersAskedMax = 8;

/// Asks one node after another, and keeps what comes if it is what the entry names. `io`, `core`
/// and `driver` must outlive it.
class ValueFetcher {
 public:
  using Done = std::function<void(const Result<void>&)>;
  /// Samples a sensor now, and calls `done` when its values are committed or it failed.
  using Sample = std::function<void(const std::string& key, const Done& done)>;
  /// What is to happen when another node has read a value of this one.
  using Touch = std::function<void(const std::string& key)>;

  ValueFetcher(asio::io_context& io, core::Node& core, CoreDriver& driver, Sample sample,
               Touch touch);
  ValueFetcher(const ValueFetcher&) = delete;
  ValueFetcher& operator=(const ValueFetcher&) = delete;

  /// Fetches the value of an entry that names one, from its owner or from whoever has it.
  void fetch(const NodeId& origin, const std::string& key, Duration patience, Done done);
  /// Has the owner sample the key, and waits until its new state is here.
  void sample(const NodeId& origin, const std::string& key, Duration patience, Done done);

  /// Whether the message is a question or an answer of this kind, and if so, what becomes of it.
  std::optional<MessageVerdict> handle_message(const core::ReceivedMessage& message);
  void handle_settled(const core::SettledMessage& message);
  void handle_event(const core::CoreEvent& event);

  /// Leaves no work on the io_context. What is under way is not answered.
  void stop();

 private:
  enum class Step : std::uint8_t {
    asking,   ///< the next node is to be asked
    waiting,  ///< for its answer
    behind,   ///< the owner has sampled, and its state is not here yet
  };
  struct Wait {
    NodeId origin;
    std::string key;
    bool is_sample = false;
    std::deque<NodeId> to_ask;
    Step step = Step::asking;
    std::uint64_t number = 0;   ///< of the question under way
    std::uint64_t version = 0;  ///< of the owner's state that has the sample
    Instant due{};              ///< of the question under way
    Instant expires{};
    Done done;
  };
  using Waits = std::list<Wait>;

  void begin(Wait wait);
  [[nodiscard]] std::deque<NodeId> holders_of(const NodeId& origin);
  void ask_next(Wait& wait);
  void take_answer(Wait& wait, const core::ReceivedMessage& message);
  void finish(Waits::iterator wait, const Result<void>& result);
  Waits::iterator find(std::uint64_t number);
  MessageVerdict take_question(const core::ReceivedMessage& message);
  void answer(const core::ReceivedMessage& question);
  void answer_fetch(const core::ReceivedMessage& question);
  void reply(const core::ReceivedMessage& question, const Result<Value>& result);
  void go_on();
  void handle_timer(const std::error_code& error);
  void arm();

  asio::io_context& io_;
  core::Node& core_;
  CoreDriver& driver_;
  const Sample sample_;
  const Touch touch_;
  Waits waits_;
  bool goes_on_ = false;                     // go_on() is posted
  std::map<std::uint64_t, NodeId> replies_;  // under way, by number
  std::set<NodeId> answered_;                // to whom one is under way or composed
  loop::Timer timer_;
  loop::Alive alive_;
};

}  // namespace dsn::node
