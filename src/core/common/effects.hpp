// SPDX-License-Identifier: Apache-2.0
// What a call of the core wants done: datagrams, events, look-ups of names. Bounded, owned by the
// caller, drained before the next call.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/endpoint.hpp"
#include "base/ids.hpp"
#include "core/common/limits.hpp"

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
    conflict,    ///< `origin` bears the name of another node
    clone,       ///< another node runs with this node's own identity
  };
  Kind kind = Kind::updated;
  NodeId origin;
  std::string key;
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

  void event(CoreEvent::Kind kind, const NodeId& origin, std::string_view key = {}) {
    if (events_.size() < kEffectEventsMax) {
      events_.push_back({kind, origin, std::string(key)});
    } else {
      ++events_lost_;
    }
  }

  /// Bootstrap node `index` is to be resolved; the answer goes to Node::handle_resolved.
  void resolve(std::size_t index) { resolve_.push_back(index); }
  /// The incarnation was raised. The shell must save it before it sends the datagrams of this call.
  void persist() { persist_ = true; }

  [[nodiscard]] bool full() const { return datagrams_.size() >= kEffectDatagramsMax; }
  [[nodiscard]] const std::vector<Datagram>& datagrams() const { return datagrams_; }
  [[nodiscard]] ByteView bytes(const Datagram& datagram) const {
    return ByteView(arena_).subspan(datagram.offset, datagram.size);
  }
  [[nodiscard]] const std::vector<CoreEvent>& events() const { return events_; }
  [[nodiscard]] std::uint64_t events_lost() const { return events_lost_; }
  [[nodiscard]] const std::vector<std::size_t>& bootstraps_to_resolve() const { return resolve_; }
  [[nodiscard]] bool persist_due() const { return persist_; }

  void clear() {
    datagrams_.clear();
    events_.clear();
    resolve_.clear();
    used_ = 0;
    persist_ = false;
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
  std::vector<std::size_t> resolve_;
  std::uint64_t events_lost_ = 0;
  bool persist_ = false;
};

}  // namespace dsn::core
