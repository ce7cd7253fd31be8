// SPDX-License-Identifier: Apache-2.0
#include "support/faulty_link.hpp"

#include <algorithm>
#include <utility>

namespace dsn::test {
namespace {

constexpr std::size_t kRecordedMax = 500;

}  // namespace

void FaultyLink::carry(const LinkFaults& faults, InFlight datagram, Instant now, bool local,
                       std::vector<InFlight>& arriving) {
  if (!local && (happens(faults.loss) || (faults.bursts && in_burst(now)))) return;
  if (!local && datagram.multicast && happens(faults.multicast_loss)) return;
  datagram.due = now + random_.between(faults.delay_min, faults.delay_max);
  if (faults.replay > 0 || faults.splicing > 0) keep_for_replay(datagram);
  if (happens(faults.straggling)) datagram.due += random_.between(10ms, faults.straggle_max);
  if (happens(faults.duplication)) {
    arriving.push_back(datagram);
    arriving.back().due += random_.between(Duration(0), 20ms);
  }
  mangle(faults, datagram.bytes);
  arriving.push_back(std::move(datagram));
  if (happens(faults.replay)) {
    arriving.push_back(recorded_[random_.below(recorded_.size())]);
    arriving.back().due = now + random_.between(faults.delay_min, faults.delay_max);
  }
}

bool FaultyLink::happens(double chance) {
  return chance > 0 && random_.below(1'000'000) < static_cast<std::uint64_t>(chance * 1e6);
}

bool FaultyLink::in_burst(Instant now) {
  if (now > burst_ends_) {
    burst_begins_ = now + random_.between(100ms, 4s);
    burst_ends_ = burst_begins_ + random_.between(10ms, 2s);
  }
  return now >= burst_begins_;
}

void FaultyLink::mangle(const LinkFaults& faults, Bytes& bytes) {
  if (happens(faults.corruption)) {
    bytes[random_.below(bytes.size())] ^= static_cast<std::uint8_t>(1 + random_.below(255));
  }
  if (happens(faults.truncation)) bytes.resize(random_.below(bytes.size()));
  if (happens(faults.extension)) bytes.resize(bytes.size() + 1 + random_.below(100), 0x5a);
  if (happens(faults.splicing)) {
    const Bytes& other = recorded_[random_.below(recorded_.size())].bytes;
    const std::size_t head = std::min<std::size_t>(bytes.size(), 16 + random_.below(64));
    const std::size_t tail = std::min(other.size(), head);
    bytes.resize(head);
    bytes.insert(bytes.end(), other.begin() + static_cast<std::ptrdiff_t>(tail), other.end());
  }
}

// Old ones stay for long, so that frames of an earlier run are among them.
void FaultyLink::keep_for_replay(const InFlight& datagram) {
  if (recorded_.size() < kRecordedMax) {
    recorded_.push_back(datagram);
  } else {
    recorded_[random_.below(kRecordedMax)] = datagram;
  }
}

}  // namespace dsn::test
