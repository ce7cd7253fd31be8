// SPDX-License-Identifier: Apache-2.0
// Values that entries only name, and samples that readers ask for: asked of other nodes, and
// answered to them (docs/protocol.md, section 7.8).
#pragma once

#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/node.hpp"

namespace dsn::core {

/// How many requests may be under way.
inline constexpr std::size_t kValueRequestsMax = 256;
/// How long one node is waited for that may have a value, when others may have it too.
inline constexpr Duration kHolderPatience = 1s;
/// How many other nodes than the owner are asked for a value.
inline constexpr std::size_t kHoldersAskedMax = 8;

/// Asks one node after another, and keeps what comes if it is what the entry names. `node` must
/// outlive it. Inputs may come from within a call of the node; outputs are taken outside of one.
class ValueRequests {
 public:
  /// A message that is to be sent for it.
  struct ValueMessage {
    NodeId to;
    wire::AppMessageKind kind = wire::AppMessageKind::fetch;
    std::string name;
    Bytes payload;
    std::uint64_t answers = 0;
    Duration patience{};
    [[nodiscard]] wire::AppMessage message() const { return {kind, name, payload, answers}; }
  };
  struct EndedRequest {
    std::uint64_t request = 0;
    Result<void> result;
  };

  explicit ValueRequests(Node& node) : node_(node) {}

  // Inputs.
  /// Fetches the value of an entry that names one, from its owner or from whoever has it. Returns
  /// the number of the request, or an Error if too many are under way.
  Result<std::uint64_t> fetch(const NodeId& origin, const std::string& key, Duration patience,
                              Instant now);
  /// Has the owner, another node, sample the key, and waits until its new state is here.
  Result<std::uint64_t> sample(const NodeId& origin, const std::string& key, Duration patience,
                               Instant now);
  /// What becomes of the message, if it is a question or an answer of this kind.
  std::optional<wire::DataOutcome> handle_message(const ReceivedMessage& message);
  void handle_settled(const SettledMessage& message);
  void handle_event(const CoreEvent& event);
  /// The sensor was sampled for a question that take_samples() gave, or could not be.
  void handle_sampled(const ReceivedMessage& question, const Result<void>& sampled);
  /// To be called at next_deadline(), before the outputs are taken.
  void handle_timeout(Instant now);

  // Outputs.
  [[nodiscard]] Instant next_deadline() const;
  /// The next message to be sent, whose number note_sent() is then given; nothing if there is none.
  [[nodiscard]] std::optional<ValueMessage> take_outgoing(Instant now);
  /// Nothing if it was refused.
  void note_sent(const std::optional<std::uint64_t>& number, Instant now);
  [[nodiscard]] std::vector<EndedRequest> take_ended() { return std::exchange(ended_, {}); }
  /// Questions for a sample of this node's sensor, whose key is their name.
  [[nodiscard]] std::vector<ReceivedMessage> take_samples() { return std::exchange(samples_, {}); }
  /// Keys of this node that others have read.
  [[nodiscard]] std::vector<std::string> take_read() { return std::exchange(read_, {}); }

 private:
  enum class Step : std::uint8_t {
    asking,   ///< the next node is to be asked
    waiting,  ///< for its answer
    behind,   ///< the owner has sampled, and its state is not here yet
  };
  struct Request {
    std::uint64_t id = 0;
    NodeId origin;
    std::string key;
    bool is_sample = false;
    std::deque<NodeId> to_ask;
    Step step = Step::asking;
    NodeId asked{};
    std::uint64_t number = 0;  ///< of the question under way
    StateVersion version{};    ///< of the owner's state that has the sample
    Instant due{};             ///< of the question under way
    Instant expires{};
  };

  Result<std::uint64_t> begin(Request request);
  [[nodiscard]] std::deque<NodeId> holders_of(const NodeId& origin);
  [[nodiscard]] std::optional<ValueMessage> next_question(Request& request, Instant now);
  [[nodiscard]] bool is_done(const Request& request) const;
  [[nodiscard]] bool is_lost(const Request& request) const;
  void end(std::list<Request>::iterator request, Result<void> result);
  void take_answer(Request& request, const ReceivedMessage& message);
  wire::DataOutcome take_question(const ReceivedMessage& message);
  void answer_fetch(const ReceivedMessage& question);
  void reply(const ReceivedMessage& question, const Result<Value>& result);

  Node& node_;
  std::uint64_t last_id_ = 0;
  std::list<Request> requests_;
  Request* asking_ = nullptr;            // whose question take_outgoing() gave last
  std::deque<ReceivedMessage> fetches_;  // questions of others
  std::deque<ValueMessage> replies_;
  std::map<std::uint64_t, NodeId> replied_;  // under way, by number
  std::set<NodeId> answered_;                // to whom an answer is under way or composed
  std::vector<EndedRequest> ended_;
  std::vector<ReceivedMessage> samples_;
  std::vector<std::string> read_;
  bool is_due_ = false;  // something can be done at once
};

}  // namespace dsn::core
