// SPDX-License-Identifier: Apache-2.0
// What arrives in a virtual network, as a capture file that Wireshark and tshark read.
#pragma once

#include <ostream>

#include "support/virtual_network.hpp"

namespace dsn::sim {

/// A pcap stream of raw IP packets, each with a UDP datagram: the format of
/// draft-ietf-opsawg-pcap, LINKTYPE_RAW, in microseconds of virtual time.
class PcapWriter {
 public:
  explicit PcapWriter(std::ostream& out);

  /// Appends one datagram. The checksums are those that a kernel would have written.
  void write(Instant at, const Endpoint& from, const Endpoint& to, ByteView payload);

 private:
  std::ostream& out_;
};

/// From now on every datagram that is delivered is written, those to the group once for each who
/// gets them. The writer must outlive the network's runs.
void capture(test::VirtualNetwork& net, PcapWriter& writer);

}  // namespace dsn::sim
