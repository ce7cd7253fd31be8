// SPDX-License-Identifier: Apache-2.0
// The network key is replaced and nodes are put out while other things go wrong
// (docs/protocol.md, section 7.10).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "sim/insider.hpp"
#include "support/puppet.hpp"
#include "support/virtual_network.hpp"

namespace dsn::sim {

using namespace core;

class KeyEvents {
 public:
  using Broken = std::function<void(const std::string&)>;
  KeyEvents(test::VirtualNetwork& net, std::uint64_t seed, Insider::MakeCrypto make_crypto,
            Broken broken);

  /// One of the operators may rotate, a thief of an old key may try it, and `insider` may hand on a
  /// key of its own, if there is one.
  void act(Insider* insider);
  /// What must hold at any time.
  void check();
  /// Who was put out is set up anew, with another identity and the newest key. Its index, if there
  /// is such a machine.
  std::optional<std::size_t> flash_outcast();
  /// Which key each node has, and whom it does not know, for the report of a failure.
  [[nodiscard]] std::string holdings() const;
  /// Whether all have the same key; they have, once they met.
  [[nodiscard]] bool all_have_newest() const;
  /// Whether nobody was forgotten who was put out.
  [[nodiscard]] bool all_know_who_is_out() const;
  /// Somebody replaces the key while nothing goes wrong. Who, if anybody may.
  std::optional<std::size_t> rotate_in_peace();

  /// Called with each datagram before the thief sends it.
  std::function<void(ByteView)> sending;
  std::function<void(std::string_view)> trace;
  bool may_put_out = false;

 private:
  [[nodiscard]] bool works(std::size_t index) const;
  /// Whether all still come back by themselves if the key is replaced so many times.
  [[nodiscard]] bool may_rotate(std::size_t index, std::size_t rotations) const;
  /// Whom the operator of this machine puts out, if anybody; never another operator.
  std::vector<NodeId> draw_outcast(std::size_t index, std::size_t other_operator);
  void rotate(std::size_t index, const std::vector<NodeId>& out);
  void steal_key(std::size_t from);
  void try_stolen_key();
  void forge(Insider& insider);
  void replay(Insider& insider);
  void check_outcast();
  void say(const std::string& what) const;

  test::VirtualNetwork& net_;
  Random random_;
  Random pairs_;  ///< draws who else replaces the key at the same time, and what is replayed
  Insider::MakeCrypto make_crypto_;
  Broken broken_;
  std::set<KeyMark> made_;
  std::vector<test::KeyRotation> rotations_;
  std::map<SessionId, KeyMark> newest_;       ///< that each run had
  std::map<SessionId, StateVersion> untold_;  ///< what the others had when all knew who is out
  std::optional<std::size_t> outcast_;
  bool has_traitor_ = false;  ///< a member may hand on what it hears
  std::optional<NodeId> out_;
  std::size_t out_by_ = 0;  ///< the operator's machine
  SessionId out_in_{};      ///< and its run
  std::unique_ptr<test::Puppet> thief_;
  std::size_t robbed_ = 0;
  KeyMark stolen_ = KeyMark::none;
};

}  // namespace dsn::sim
