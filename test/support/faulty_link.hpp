// SPDX-License-Identifier: Apache-2.0
// What may happen to a datagram on its way, each drawn from one seed.
#pragma once

#include <cstdint>
#include <tuple>
#include <vector>

#include "base/bytes.hpp"
#include "base/endpoint.hpp"
#include "base/random.hpp"
#include "base/time.hpp"

namespace dsn::test {

using namespace std::chrono_literals;

/// Chances are for each datagram and each of its receivers by itself.
struct LinkFaults {
  double loss = 0;
  double multicast_loss = 0;  ///< of multicast datagrams, beside the loss of all
  double duplication = 0;
  double corruption = 0;  ///< one byte is another
  double truncation = 0;
  double extension = 0;
  double splicing = 0;    ///< its head, and the tail of an earlier datagram
  double straggling = 0;  ///< it comes much later
  double replay = 0;      ///< and so does an earlier one, of anybody
  bool bursts = false;    ///< times in which nothing gets through
  Duration straggle_max = 5s;
  Duration delay_min = 500us;
  Duration delay_max = 2ms;
};

struct InFlight {
  Instant due;
  std::uint64_t order;
  std::size_t to;
  Endpoint from;
  bool multicast;
  Bytes bytes;
  bool operator>(const InFlight& other) const {
    return std::tie(due, order) > std::tie(other.due, other.order);
  }
};

class FaultyLink {
 public:
  explicit FaultyLink(Random& random) : random_(random) {}

  /// What arrives because `datagram` was sent now; nothing if it is lost. `local` ones, to the
  /// sender itself, are not lost.
  void carry(const LinkFaults& faults, InFlight datagram, Instant now, bool local,
             std::vector<InFlight>& arriving);

 private:
  bool happens(double chance);
  bool in_burst(Instant now);
  void mangle(const LinkFaults& faults, Bytes& bytes);
  void keep_for_replay(const InFlight& datagram);

  Random& random_;
  std::vector<InFlight> recorded_;
  Instant burst_begins_{};
  Instant burst_ends_{};
};

}  // namespace dsn::test
