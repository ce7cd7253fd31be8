// SPDX-License-Identifier: Apache-2.0
#include "sim/key_events.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace dsn::sim {

using namespace core;
using namespace wire;

namespace {

constexpr std::uint64_t kThiefSeed = 0x3e'0001;

/// Whether a node with `ring` is still known by its key when the one with `rotated` takes another.
/// `rotations` times.
bool stays_in_reach(const KeyringContents& ring, const KeyringContents& rotated,
                    std::size_t rotations) {
  const auto is_current = [&](const EpochKey& key) {
    return std::ranges::equal(key.key.view(), ring.keys.front().key.view());
  };
  const std::size_t kept = std::min(rotated.keys.size(), kNetworkKeysMax - rotations);
  return std::any_of(rotated.keys.begin(), rotated.keys.begin() + static_cast<std::ptrdiff_t>(kept),
                     is_current);
}

}  // namespace

KeyEvents::KeyEvents(test::VirtualNetwork& net, std::uint64_t seed, Insider::MakeCrypto make_crypto,
                     Broken broken)
    : net_(net),
      random_(seed ^ 0x6b65'7973'0000'0001),
      pairs_(seed ^ 0x6b65'7973'0000'0002),
      make_crypto_(std::move(make_crypto)),
      broken_(std::move(broken)) {}

void KeyEvents::say(const std::string& what) const {
  if (trace) trace(what);
}

bool KeyEvents::works(std::size_t index) const {
  return net_[index].running && !net_[index].paused;
}

// Two rotations are what a node may miss, if somebody who has the new key knows it. A third one
// would shut it out, as it should. What the disks have counts too.
bool KeyEvents::may_rotate(std::size_t index, std::size_t rotations) const {
  const Node& node = *net_[index].node;
  const KeyringContents& ring = node.keyring().contents();
  const auto mark_of = [&](const KeyringContents& of) {
    return net_.authority.mark_of(of.keys.front());
  };
  if (mark_of(net_[index].options.keys) != mark_of(ring)) return false;  // its disk is behind
  for (std::size_t i = 0; i < net_.size(); ++i) {
    if (i == outcast_) continue;
    const Node& other = *net_[i].node;
    const NodeId& id = other.self().id();
    const bool knows = node.peers().find(id) != nullptr || node.peers().forgotten().contains(id);
    if (i != index && !knows) return false;
    if (!stays_in_reach(net_[i].options.keys, ring, rotations)) return false;
    if (net_[i].running && !stays_in_reach(other.keyring().contents(), ring, rotations))
      return false;
  }
  return true;
}

void KeyEvents::act(Insider* insider) {
  const std::size_t index = random_.below(net_.size());
  has_traitor_ |= insider != nullptr;
  const bool rotates = random_.one_in(10) && index != outcast_;
  if (rotates && works(index) && may_rotate(index, 1)) {
    const std::size_t second = pairs_.below(net_.size());
    const bool at_once = pairs_.one_in(2) && second != index && second != outcast_ &&
                         works(second) && may_rotate(second, 2) && may_rotate(index, 2);
    rotate(index, draw_outcast(index, second));
    if (at_once && second != outcast_) rotate(second, draw_outcast(second, index));
  }
  if (random_.one_in(3)) try_stolen_key();
  if (insider != nullptr && !rotations_.empty() && pairs_.one_in(4)) replay(*insider);
  if (insider != nullptr && random_.one_in(4)) forge(*insider);
}

std::vector<NodeId> KeyEvents::draw_outcast(std::size_t index, std::size_t other_operator) {
  const std::size_t one = 1 + random_.below(net_.size() - 1);  // the first one is a bootstrap
  const bool is_operator = one == index || one == other_operator;
  if (!may_put_out || out_ || net_.size() <= 2 || is_operator || !random_.one_in(2)) return {};
  outcast_ = one;
  out_ = net_[one].node->self().id();
  out_by_ = index;
  out_in_ = net_.node(index).self().session();
  return {*out_};
}

void KeyEvents::rotate(std::size_t index, const std::vector<NodeId>& out) {
  if (!thief_) steal_key(index);
  say(holdings());
  say(fmt::format("{} rotates the key{}", net_[index].options.name,
                  out.empty() ? "" : ", without " + net_[*outcast_].options.name));
  const std::uint32_t epoch = epoch_of(net_.node(index).keyring().current()->mark()) + 1;
  const test::KeyRotation made = net_.authority.rotation(epoch, out);
  made_.insert(net_.authority.mark_of(made));
  rotations_.push_back(made);
  if (net_.rotate(index, made) != Keyring::Verdict::taken) {
    broken_("a node does not take the key of its operator");
  }
}

void KeyEvents::steal_key(std::size_t from) {
  robbed_ = from;
  stolen_ = net_.node(from).keyring().current()->mark();
  thief_ = std::make_unique<test::Puppet>(net_, from, kThiefSeed, make_crypto_(kThiefSeed));
  // The disk may have another key than the node.
  if (net_.authority.mark_of(net_[from].options.keys.keys.front()) != stolen_) thief_.reset();
}

// While the node has the stolen key as its current one, the thief would be let in.
void KeyEvents::try_stolen_key() {
  if (!thief_ || !works(robbed_) || net_.node(robbed_).keyring().is_current(stolen_)) return;
  for (const Bytes& datagram : {thief_->hello(), thief_->knock()}) {
    if (sending) sending(datagram);
    thief_->send(datagram);
  }
  const PeerTable& peers = net_.node(robbed_).peers();
  if (peers.find(thief_->id) != nullptr || peers.forgotten().contains(thief_->id)) {
    broken_("a stranger with a former key is let in");
  }
}

// A key of its own, with what may have been signed for another.
void KeyEvents::forge(Insider& insider) {
  const std::size_t to = random_.below(net_.size());
  if (!works(to)) return;
  const KeyringContents& ring = net_.node(to).keyring().contents();
  test::KeyRotation forged =
      net_.authority.forged(ring.keys.front().epoch + static_cast<std::uint32_t>(random_.below(3)));
  if (random_.one_in(3) && !ring.statement.encoded.empty()) forged.statement = ring.statement;
  if (random_.one_in(4)) forged.statement.authority[20] ^= 1;
  insider.hand_on(to, forged.message());
}

// One of the statements that there were, as it was made.
void KeyEvents::replay(Insider& insider) {
  const std::size_t to = pairs_.below(net_.size());
  if (works(to)) insider.hand_on(to, rotations_[pairs_.below(rotations_.size())].message());
}

void KeyEvents::check() {
  check_outcast();
  for (std::size_t i = 0; i < net_.size(); ++i) {
    if (!net_[i].running) continue;
    const Keyring& ring = net_.node(i).keyring();
    const KeyMark mark = ring.current()->mark();
    KeyMark& newest = newest_[net_.node(i).self().session()];
    if (mark < newest) broken_("a node went back to an older key");
    newest = mark;
    if (epoch_of(mark) > kFirstKeyEpoch && !made_.contains(mark)) {
      broken_("a key is taken that the authority did not make");
    }
    if (out_ && net_.node(i).self().id() == *out_) {
      if (epoch_of(mark) > kFirstKeyEpoch && ring.is_out(*out_)) {
        broken_("a node took the key that puts it out");
      }
      continue;
    }
    const std::vector<NodeId>& out = ring.contents().out;
    for (const NodeId& id : out) {
      if (net_.node(i).peers().find(id) != nullptr) broken_("a node that is out is a peer");
    }
  }
}

// Once all who run know that it is out, it learns nothing that is younger; but a member that lies
// may tell it what it likes.
void KeyEvents::check_outcast() {
  std::map<SessionId, StateVersion> versions;
  for (std::size_t i = 0; i < net_.size() && outcast_; ++i) {
    if (i == outcast_ || !net_[i].running) continue;
    const Node& node = net_.node(i);
    if (!node.keyring().is_out(*out_)) return untold_.clear();
    versions[node.self().session()] = node.self().version();
  }
  const auto same_run = [](const auto& a, const auto& b) { return a.first == b.first; };
  if (!std::ranges::equal(versions, untold_, same_run)) untold_ = versions;
  if (!outcast_ || has_traitor_ || !net_[*outcast_].running) return;
  for (const auto& peer : net_.node(*outcast_).peers().all()) {
    const auto told = untold_.find(peer->session.peer);
    if (told != untold_.end() && peer->copy.replica.version() > told->second) {
      broken_("a node that is out reads what others write");
    }
  }
}

bool KeyEvents::all_know_who_is_out() const {
  if (!out_) return true;
  std::size_t nodes = 0;
  std::size_t know = 0;
  for (std::size_t i = 0; i < net_.size(); ++i) {
    if (!net_[i].running || i == outcast_) continue;
    ++nodes;
    if (net_[i].node->keyring().is_out(*out_)) ++know;
  }
  // The operator's machine may have died, and its disk with it, before another one had the
  // statement.
  const bool is_lost = know == 0 && net_.node(out_by_).self().session() != out_in_;
  return know == nodes || is_lost;
}

std::optional<std::size_t> KeyEvents::rotate_in_peace() {
  for (std::size_t i = 0; i < net_.size(); ++i) {
    if (!works(i) || i == outcast_ || !may_rotate(i, 1)) continue;
    rotate(i, {});
    return i;
  }
  return std::nullopt;
}

std::optional<std::size_t> KeyEvents::flash_outcast() {
  if (!outcast_) return std::nullopt;
  EpochKey newest;
  const auto note = [&](const KeyringContents& ring) {
    const EpochKey& key = ring.keys.front();
    if (net_.authority.mark_of(key) > net_.authority.mark_of(newest)) newest = key;
  };
  for (std::size_t i = 0; i < net_.size(); ++i) {
    if (i == outcast_) continue;
    note(net_[i].options.keys);
    if (net_[i].running) note(net_[i].node->keyring().contents());
  }
  const std::size_t index = *std::exchange(outcast_, std::nullopt);
  const KeyringContents invited = net_.authority.invite(newest);
  if (net_[index].running) net_.kill(index);
  net_.replace_identity(index);
  net_[index].options.keys = invited;
  net_[index].options.known.clear();
  return index;
}

std::string KeyEvents::holdings() const {
  std::string text;
  for (std::size_t i = 0; i < net_.size(); ++i) {
    if (!net_[i].running) continue;
    const Node& node = *net_[i].node;
    text += fmt::format("; {} has", net_[i].options.name);
    for (const EpochKey& key : node.keyring().contents().keys) {
      text += fmt::format(" {:x}", static_cast<std::uint64_t>(net_.authority.mark_of(key)));
    }
    for (std::size_t other = 0; other < net_.size(); ++other) {
      const NodeId& id = net_[other].node->self().id();
      const bool known = node.peers().find(id) != nullptr || node.peers().forgotten().contains(id);
      if (other != i && !known) text += fmt::format(", not {}", net_[other].options.name);
    }
  }
  return text;
}

bool KeyEvents::all_have_newest() const {
  std::set<KeyMark> marks;
  for (std::size_t i = 0; i < net_.size(); ++i) {
    if (net_[i].running) marks.insert(net_[i].node->keyring().mark());
  }
  return marks.size() == 1;
}

}  // namespace dsn::sim
