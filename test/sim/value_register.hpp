// SPDX-License-Identifier: Apache-2.0
// What must hold of values that are fetched, of values that expired, and of samples: a reader gets
// what the owner wrote and nothing else, a sample is as young as it is said to be, and whoever asks
// is told what came of it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "sim/invariants.hpp"
#include "support/virtual_network.hpp"

namespace dsn::sim {

using namespace core;

/// Writes values that others are to fetch, and fetches them.
class ValueRegister {
 public:
  /// `invariants` is told what breaks, and knows which nodes tell the truth.
  ValueRegister(test::VirtualNetwork& net, std::uint64_t seed, Invariants& invariants);
  ValueRegister(const ValueRegister&) = delete;
  ValueRegister& operator=(const ValueRegister&) = delete;

  /// One machine that runs writes a value, or lets it expire, and another one asks for it, or not.
  void act();
  /// When there are no faults and all agree: who asks for a value has it from its owner, or, if
  /// that cannot be asked, from another node that has it.
  void check_at_rest();

 private:
  struct Asked {
    NodeId origin;
    std::string key;
    Instant at{};  ///< of the world
    Instant due{};
    bool is_sample = false;
  };
  /// A request, by the run of its reader.
  using Name = std::tuple<std::size_t, SessionId, std::uint64_t>;

  void write(std::size_t index);
  void expire(std::size_t index);
  Result<void> measure(std::size_t index);
  void commit(std::size_t index, Write write, const Value& value);
  void ask(std::size_t index);
  void ask_for(std::size_t index, Asked asked, Duration patience);
  void note_ended(std::size_t index, const ValueRequests::EndedRequest& ended);
  void check_had_of_owners();
  void check_had_of_others();
  [[nodiscard]] bool may_ask(std::size_t reader, std::size_t of) const;
  void check_fetched(std::size_t index, const Asked& asked, const std::string& what);
  void check_sampled(std::size_t index, const Asked& asked, const std::string& what);
  [[nodiscard]] std::optional<Entry> entry(std::size_t index, const NodeId& origin,
                                           const std::string& key) const;
  [[nodiscard]] bool is_up(std::size_t index) const;

  test::VirtualNetwork& net_;
  Random random_;
  Invariants& invariants_;
  std::map<std::pair<NodeId, std::string>, std::set<Bytes>> written_;
  std::map<std::string, Instant> measured_;  ///< when each text was, in the world
  std::map<Name, Asked> asked_;
  std::uint64_t count_ = 0;
  std::size_t ended_well_ = 0;
};

}  // namespace dsn::sim
