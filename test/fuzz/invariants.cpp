// SPDX-License-Identifier: Apache-2.0
#include "fuzz/invariants.hpp"

#include "base/check.hpp"

namespace dsn::fuzz {

using namespace core;

using namespace wire;

namespace {

bool is_hello(ByteView datagram) {
  const auto header = decode_frame_header(datagram);
  // The fake crypto leaves the plaintext as it is: an array's head, then the type.
  return header && header->frame_class == FrameClass::group &&
         datagram[kFrameHeaderBytes + 1] == static_cast<std::uint8_t>(MessageType::hello);
}

}  // namespace

Invariants::Invariants(test::VirtualNetwork& net, std::size_t target)
    : net_(net), target_(target), began_(net.now()) {
  net_.arriving = [this](std::size_t to, const Endpoint& from, ByteView bytes) {
    if (to == target_) note_arrival(from, bytes);
  };
  net_.filter = [this](std::size_t from, const Endpoint& to, ByteView bytes) {
    if (from == target_) note_sent(to, bytes);
    return true;
  };
  net_.after_input = [this](std::size_t index) {
    if (index == target_) check();
  };
}

std::uint64_t Invariants::frames_in() const {
  return net_[target_].node->counters()[Counter::frames_in];
}

void Invariants::note_arrival(const Endpoint& from, ByteView bytes) {
  bytes_from_[from] += bytes.size();
  const auto header = decode_frame_header(bytes);
  from_ = from;
  is_pair_ = header && header->frame_class == FrameClass::pair;
  frames_before_ = frames_in();
}

void Invariants::note_sent(const Endpoint& to, ByteView bytes) {
  DSN_CHECK(bytes.size() > kFrameHeaderBytes + kFrameTagBytes);
  DSN_CHECK(bytes.size() <= kDatagramBytesMax);
  if (to == Endpoint{}) return;  // the group
  if (!is_hello(bytes)) {
    bytes_to_[to] += bytes.size();
  } else if (!proven_.contains(to)) {
    ++hellos_to_unproven_;
  }
}

void Invariants::check() {
  if (is_pair_ && frames_in() > frames_before_) proven_.insert(from_);
  is_pair_ = false;
  check_amplification();
  check_replicas();
  const Node& node = *net_[target_].node;
  DSN_CHECK(node.self().version() >= own_);
  own_ = node.self().version();
  DSN_CHECK(node.peers().count() < kNodesMax);
  DSN_CHECK(node.replica_bytes() <= kReplicaBytesMax);
  net_[target_].events.clear();
}

void Invariants::check_amplification() {
  for (const auto& [to, bytes] : bytes_to_) {
    DSN_CHECK(proven_.contains(to) || bytes <= bytes_from_[to]);
  }
  const double seconds = std::chrono::duration<double>(net_.now() - began_).count();
  DSN_CHECK(static_cast<double>(hellos_to_unproven_) <= kContactsPerSecond * (seconds + 1) + 1);
}

void Invariants::check_replicas() {
  std::map<NodeId, StateVersion> now;
  std::size_t bytes = 0;
  for (const auto& peer : net_[target_].node->peers().all()) {
    const Replica& replica = peer->copy.replica;
    const auto before = replicas_.find(peer->id);
    DSN_CHECK(before == replicas_.end() || replica.version() >= before->second);
    DSN_CHECK(replica.store().count() <= kKeysPerNodeMax);
    DSN_CHECK(replica.store().encoded_bytes() <= kStateBytesMax);
    bytes += replica.store().encoded_bytes();
    now.emplace(peer->id, replica.version());
  }
  // Transfers under way are counted as well.
  DSN_CHECK(bytes <= net_[target_].node->replica_bytes() + 1024 * now.size());
  replicas_ = std::move(now);
}

}  // namespace dsn::fuzz
