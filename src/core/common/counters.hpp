// SPDX-License-Identifier: Apache-2.0
// Counts what happened. Faults of peers are counted here, and never logged for each datagram.
#pragma once

#include <array>
#include <cstdint>
#include <iterator>
#include <utility>

namespace dsn::core {

/// X(name): `dsn status` shows the same names.
#define DSN_COUNTERS(X)                                                         \
  X(frames_in) /* authentic frames */                                           \
  X(bytes_in)  /* of them */                                                    \
  X(frames_out)                                                                 \
  X(bytes_out)                                                                  \
  X(updates_out) /* MAIL frames with a change in them */                        \
  X(updates_in)                                                                 \
  X(pulls_out)                                                                  \
  X(snapshots_in)                                                               \
  X(rounds)                /* anti-entropy rounds begun */                      \
  X(drop_not_ours)         /* wrong size or class: of another program */        \
  X(drop_key_epoch)        /* sealed with another epoch of the key */           \
  X(drop_old_key)          /* a stranger with a former key of the network */    \
  X(drop_out)              /* of a node that is put out of the network */       \
  X(drop_bad_key)          /* a new network key that nothing proves */          \
  X(drop_foreign)          /* without the tag of this network: another's */     \
  X(drop_own_echo)         /* our own multicast, come back */                   \
  X(drop_forged)           /* the tag does not match: wrong key or corrupted */ \
  X(drop_replayed)         /* seen before, or too old to know */                \
  X(drop_unknown_session)  /* of a peer that we have not met, or its old run */ \
  X(drop_flood)            /* more strangers than we look at */                 \
  X(drop_malformed)        /* authentic, but no message of the protocol */      \
  X(drop_unknown_message)  /* of a later version */                             \
  X(drop_stale_session)    /* HELLO with an incarnation that has passed */      \
  X(drop_table_full)       /* no room for another node */                       \
  X(drop_state_limit)      /* a state larger than a node may have */            \
  X(drop_memory)           /* no room for a state from its owner */             \
  X(drop_memory_relayed)   /* no room for a state from a relay */               \
  X(drop_memory_copy)      /* no room to set a state aside for others */        \
  X(gave_up_gone)          /* states of nodes that are gone, to make room */    \
  X(gave_up_newer)         /* states of nodes that were met later, likewise */  \
  X(drop_not_listed)       /* of a node that is not in whitelist_node_ids */    \
  X(drop_bad_identity)     /* a key that is no key, or not of this id */        \
  X(drop_answer_limit)     /* a peer asks more than we answer */                \
  X(drop_unwanted)         /* an answer to nothing that we asked */             \
  X(drop_repeated_message) /* application messages that were taken before */    \
  X(messages_out)          /* application messages that were sent */            \
  X(messages_in)           /* application messages that arrived */              \
  X(held_back)             /* to an address not proven, or too many in 1 ms */  \
  X(seal_failed)

enum class Counter : std::uint8_t {
#define X(name) name,
  DSN_COUNTERS(X)
#undef X
};

inline constexpr const char* kCounterNames[] = {
#define X(name) #name,
    DSN_COUNTERS(X)
#undef X
};

class Counters {
 public:
  void add(Counter counter, std::uint64_t amount = 1) {
    values_[static_cast<std::size_t>(counter)] += amount;
    changed_ |= bit(counter);
  }
  /// Which counters changed since the last call, a bit each.
  std::uint64_t take_changed() { return std::exchange(changed_, 0); }
  [[nodiscard]] static constexpr std::uint64_t bit(Counter counter) {
    return std::uint64_t{1} << static_cast<unsigned>(counter);
  }
  [[nodiscard]] std::uint64_t operator[](Counter counter) const {
    return values_[static_cast<std::size_t>(counter)];
  }
  [[nodiscard]] const auto& values() const { return values_; }

 private:
  static_assert(std::size(kCounterNames) <= 64);
  std::array<std::uint64_t, std::size(kCounterNames)> values_{};
  std::uint64_t changed_ = 0;
};

}  // namespace dsn::core
