// SPDX-License-Identifier: Apache-2.0
// In place of data_receiver.cpp and data_sender.cpp in a build without messages: nobody listens,
// and nothing is sent.
#include "core/data/data_receiver.hpp"
#include "core/data/data_sender.hpp"

namespace dsn::core {

void DataReceiver::handle_data(Peer& peer, const wire::Data& data, Instant now, Effects& effects) {
  if (!peer.parts.take(now) && !parts_.take(now)) {
    counters_.add(Counter::drop_answer_limit);
    return;
  }
  acknowledge(peer, {data.number, wire::DataOutcome::nobody_listens, 0}, effects);
}

void DataReceiver::acknowledge(Peer& peer, const wire::DataAck& ack, Effects& effects) {
  wire::CborWriter out = outbox_.plaintext();
  wire::encode_data_ack(out, ack);
  outbox_.send(peer, out, effects);
}

void DataReceiver::settle(const NodeId& /*from*/, std::uint64_t /*number*/,
                          wire::DataOutcome /*outcome*/, std::uint64_t /*listeners*/,
                          Effects& /*effects*/) {}

std::size_t DataReceiver::half_bytes() const { return 0; }

DataSender::DataSender(PeerTable& peers, Outbox& outbox, Counters& counters, SessionId /*session*/)
    : peers_(peers), outbox_(outbox), counters_(counters), numbers_(0) {}

Result<std::vector<std::uint64_t>> DataSender::send(std::span<const NodeId> /*to*/,
                                                    Bytes /*message*/, Duration /*patience*/,
                                                    Instant /*now*/, Effects& /*effects*/) {
  return Error{"this program was built without messages (-Dmessages)", ErrorCode::refused};
}

void DataSender::address_proven(const Peer& /*peer*/, Instant /*now*/, Effects& /*effects*/) {}
void DataSender::handle_ack(const Peer& /*peer*/, const wire::DataAck& /*ack*/, Instant /*now*/,
                            Effects& /*effects*/) {}
void DataSender::handle_timeout(Instant /*now*/, Effects& /*effects*/) {}

}  // namespace dsn::core
