// SPDX-License-Identifier: Apache-2.0
// What a call of the core wants done: datagrams, events, look-ups of names. Bounded, owned by the
// caller, drained before the next call.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/endpoint.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "core/common/limits.hpp"
#include "wire/app_message.hpp"

namespace dsn::core {

/// A change that the application may want to know of.
struct CoreEvent {
  enum class Kind : std::uint8_t {
    updated,     ///< `key` of `origin` has a new value (also of this node itself)
    removed,     ///< `key` of `origin` is gone
    joined,      ///< `origin` was met for the first time, or again after it was gone
    live,        ///< `origin` is heard again
    late,        ///< `origin` is overdue
    gone,        ///< `origin` is taken for lost
    restarting,  ///< `origin` said that it will be back
    left,        ///< `origin` said good-bye
    asleep,      ///< `origin` said for how long nothing will be heard of it
    conflict,    ///< `origin` bears the name of another node
    clone,       ///< another machine runs with the identity of `origin`, maybe this node's own
  };
  Kind kind = Kind::updated;
  NodeId origin;
  std::string key;
  bool returned = false;  ///< joined: `origin` was there before
};

/// A value of another node that its owner has taken back from all copies. Whoever has it may keep
/// it.
struct ExpiredValue {
  NodeId origin;
  std::string key;
  Bytes value;
};

/// An application message that arrived whole. The application says with Node::settle what becomes
/// of it; until then its sender waits.
struct ReceivedMessage {
  NodeId from;
  std::uint64_t number = 0;  ///< the sender's, and what a reply answers
  wire::AppMessageKind kind = wire::AppMessageKind::send;
  std::string name;
  Bytes payload;              ///< one encoded value
  std::uint64_t answers = 0;  ///< reply, failure: the number of the ask
};

/// What became of an application message that this node sent.
struct SettledMessage {
  enum class Outcome : std::uint8_t {
    delivered,       ///< to `listeners`
    nobody_listens,  ///< no program, hook or command there takes messages of this name
    refused,         ///< the receiver takes none of this name from this node
    busy,            ///< the receiver had no room for it, or too many messages to it wait here
    unanswered,      ///< no acknowledgement came in time: it may have arrived or not
    restarted,  ///< the receiver's process ended before it answered: it may have arrived or not
  };
  NodeId to;
  std::uint64_t number = 0;  ///< as Node::send returned it
  Outcome outcome = Outcome::delivered;
  std::uint64_t listeners = 0;
  Duration took{};
};

/// Filled by the core, drained by the shell or the simulator. Its buffers are kept between calls,
/// so that steady traffic allocates nothing.
class Effects {
 public:
  struct Datagram {
    bool multicast = false;
    Endpoint to;
    std::size_t offset = 0;
    std::size_t size = 0;
  };

  /// Returns room for one datagram, or an empty span if this call has emitted as many as it may.
  /// The bytes are valid until the next call of reserve or clear.
  [[nodiscard]] MutableBytes reserve() {
    if (full()) return {};
    arena_.resize(used_ + wire::kDatagramBytesMax);
    return {arena_.data() + used_, wire::kDatagramBytesMax};
  }
  /// Emits the first `size` bytes of the room that reserve returned.
  void commit(const Endpoint& to, std::size_t size) { push({false, to, used_, size}); }
  /// Emits the last datagram once more, to another address.
  void commit_again(const Endpoint& to) {
    const Datagram last = datagrams_.back();
    datagrams_.push_back({false, to, last.offset, last.size});
  }
  void commit_multicast(std::size_t size) { push({true, {}, used_, size}); }

  void event(CoreEvent::Kind kind, const NodeId& origin, std::string_view key = {},
             bool returned = false) {
    if (events_.size() < kEffectEventsMax) {
      events_.push_back({kind, origin, std::string(key), returned});
    } else {
      ++events_lost_;
    }
  }

  /// At most as many as a state has keys.
  void expired(ExpiredValue value) { expired_.push_back(std::move(value)); }
  void received(ReceivedMessage message) { received_.push_back(std::move(message)); }
  void settled(const SettledMessage& message) { settled_.push_back(message); }

  /// Bootstrap node `index` is to be resolved; the answer goes to Node::handle_resolved.
  void resolve(std::size_t index) { resolve_.push_back(index); }
  /// The incarnation was raised. The shell must save it before it sends the datagrams of this call.
  void persist() { persist_ = true; }

  /// The keyring has changed. The shell must store it before it sends the datagrams of this call.
  void store_keys() { store_keys_ = true; }

  [[nodiscard]] bool full() const { return room() == 0; }
  /// How many datagrams this call may emit yet.
  [[nodiscard]] std::size_t room() const {
    return kEffectDatagramsMax - std::min(datagrams_.size(), kEffectDatagramsMax);
  }
  [[nodiscard]] const std::vector<Datagram>& datagrams() const { return datagrams_; }
  [[nodiscard]] ByteView bytes(const Datagram& datagram) const {
    return ByteView(arena_).subspan(datagram.offset, datagram.size);
  }
  [[nodiscard]] const std::vector<CoreEvent>& events() const { return events_; }
  [[nodiscard]] const std::vector<ExpiredValue>& expired_values() const { return expired_; }
  /// At most as many as one datagram has parts of messages.
  [[nodiscard]] const std::vector<ReceivedMessage>& received_messages() const { return received_; }
  /// At most kSendsMax.
  [[nodiscard]] const std::vector<SettledMessage>& settled_messages() const { return settled_; }
  [[nodiscard]] std::uint64_t events_lost() const { return events_lost_; }
  [[nodiscard]] const std::vector<std::size_t>& bootstraps_to_resolve() const { return resolve_; }
  [[nodiscard]] bool persist_due() const { return persist_; }
  [[nodiscard]] bool store_keys_due() const { return store_keys_; }

  void clear() {
    datagrams_.clear();
    events_.clear();
    expired_.clear();
    received_.clear();
    settled_.clear();
    resolve_.clear();
    used_ = 0;
    persist_ = false;
    store_keys_ = false;
  }

 private:
  void push(const Datagram& datagram) {
    used_ += datagram.size;
    datagrams_.push_back(datagram);
  }

  std::vector<std::uint8_t> arena_;
  std::size_t used_ = 0;
  std::vector<Datagram> datagrams_;
  std::vector<CoreEvent> events_;
  std::vector<ExpiredValue> expired_;
  std::vector<ReceivedMessage> received_;
  std::vector<SettledMessage> settled_;
  std::vector<std::size_t> resolve_;
  std::uint64_t events_lost_ = 0;
  bool persist_ = false;
  bool store_keys_ = false;
};

}  // namespace dsn::core
