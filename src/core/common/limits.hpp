// SPDX-License-Identifier: Apache-2.0
// Every bound of the core in one place (protocol.md [limits]). The comments say what happens at the
// bound; that it was reached is counted (core/common/counters.hpp).
#pragma once

#include <chrono>
#include <cstddef>
#include <iterator>

#include "base/time.hpp"
#include "wire/wire_limits.hpp"

namespace dsn::core {

// ---- nodes

/// Nodes of one network, this one included. PeerTable::add says who gives way at the bound.
inline constexpr std::size_t kNodesMax = 1024;
/// Forgotten nodes of which is kept how far they had got. At the bound the oldest gives way.
inline constexpr std::size_t kForgottenNodesMax = kNodesMax;
/// Earlier sessions of a node whose frames are refused. At the bound the oldest gives way.
inline constexpr std::size_t kPreviousSessionsMax = 8;
/// Names that belong to a node. At the bound the oldest name of an unknown node gives way.
inline constexpr std::size_t kPinsMax = 2 * kNodesMax;
/// Nodes that are known only through relays.
inline constexpr std::size_t kRelayedMax = 256;

// ---- network keys

/// Keys of the network that a node has: the current one and the two before it, so that whoever
/// slept through two rotations comes back.
inline constexpr std::size_t kNetworkKeysMax = 3;
/// Nodes that are put out of the network. At the bound further ones are not noted.
inline constexpr std::size_t kOutMax = 256;
/// Statements that were overtaken by another one and put somebody out whom that does not name. One
/// comes about when two operators act at the same time.
inline constexpr std::size_t kOvertakenMax = 4;
/// So often each of them is sent to a peer in one session: nothing says that it arrived.
inline constexpr std::size_t kOvertakenSends = 3;
/// Statements about keys that are verified in a second.
inline constexpr double kStatementsPerSecond = 1;
/// How long HELLOs go out under the key before the current one, too.
inline constexpr Duration kFormerAnnounced = 10min;

// ---- states

/// Bytes that are kept of each node, its replica and earlier states of it, which no other node can
/// take from it.
inline constexpr std::size_t kReplicaShareBytes = 16 * 1024;
/// Bytes that are kept of all nodes together above their shares. At the bound others give way
/// (ReplicaBudget), or the state is not taken; its node stays known.
inline constexpr std::size_t kReplicaCommonBytes = 16 * 1024 * 1024;
/// Bytes of all replicas and checkpoints together.
inline constexpr std::size_t kReplicaBytesMax =
    kNodesMax * kReplicaShareBytes + kReplicaCommonBytes;
/// Time after which a state for which there was no room is asked for again.
inline constexpr Duration kUnheldPause = 10s;
/// Chunks of a transfer that are asked for at first.
inline constexpr std::size_t kChunkWindowFirst = 4;
/// Chunks of a transfer that are asked for at most.
inline constexpr std::size_t kChunkWindowMax = 16;
/// States of others whose encoding is kept for those who ask for chunks, 65 KiB each. At the bound
/// the one that was not asked for longest gives way.
inline constexpr std::size_t kPublishedMax = 8;
/// States of others that are encoded in a second. Chunks of more are not answered.
inline constexpr double kPublishedPerSecond = 20;
/// How long an owner hands out chunks of one state before it encodes a newer one.
inline constexpr Duration kPublishedLifetime = 10s;
/// States above their share that are fetched in chunks at a time, and as many from relays. More
/// wait.
inline constexpr std::size_t kTransfersMax = 4;
/// Duration after which a transfer is given up.
inline constexpr Duration kTransferLifetime = 60s;
/// Pulls that are sent and not yet answered, those of states in chunks included. More wait, or one
/// that takes long gives way (Puller).
inline constexpr std::size_t kPullsMax = 32;
/// Time after which a state that comes in chunks takes long.
inline constexpr Duration kTransferLong = 2s;
/// Time after which a pull that has to wait looks again.
inline constexpr Duration kBusyDelay = 50ms;
/// States fetched anew in a second because another node holds another state at the same version.
inline constexpr double kDifferencesPerSecond = 1;
/// First pause after gossip about an origin that proved wrong; it doubles each time.
inline constexpr Duration kGossipBackoffMin = 1s;
/// Longest pause after gossip about an origin that proved wrong.
inline constexpr Duration kGossipBackoffMax = 60s;

// ---- one call

/// Datagrams that one call may emit. The others go out in the next call, which is due at once.
inline constexpr std::size_t kEffectDatagramsMax = 256;
/// Events that one call may emit. The others are counted and lost; the state itself is not.
inline constexpr std::size_t kEffectEventsMax = 1024;

// ---- messages

/// Pauses after each transmission of a message that wants an answer.
inline constexpr Duration kRetryIntervals[] = {200ms, 400ms, 800ms};
/// Transmissions of a message that wants an answer.
inline constexpr std::size_t kTransmissionsMax = std::size(kRetryIntervals);
/// MAIL frames in a second, to all peers together, unless `mail_rate` says otherwise. protocol.md
/// [mail-rate]
inline constexpr double kMailFramesPerSecond = 1000;
/// The shortest time between two rounds of mail, whatever the rate: what is written meanwhile
/// shares their frames.
inline constexpr Duration kMailRoundPauseMin = 250us;
/// Updates whose MAILs have not all come, one of a peer. At the bound the oldest gives way.
inline constexpr std::size_t kMailAssembliesMax = 32;
/// How long the missing MAILs of an update are waited for when another one begins.
inline constexpr Duration kMailAssemblyLifetime = 2s;
/// Time that the other MAILs of an update have before it is pulled.
inline constexpr Duration kMailPartsPatience = 20ms;
/// Answers to one peer in a second, so that no member can make us its amplifier.
inline constexpr double kAnswersPerPeerPerSecond = 200;
/// Answers to all peers of one address in a second: identities cost nothing.
inline constexpr double kAnswersPerAddressPerSecond = 400;
/// Answers to all peers together in a second.
inline constexpr double kAnswersPerSecond = 1000;
/// Addresses whose answers are counted. At the bound the oldest gives way.
inline constexpr std::size_t kAnswerAddressesMax = 256;
/// LIST frames in one answer.
inline constexpr std::size_t kListFramesMax = 4;

// ---- application messages

/// Application messages that are sent and not settled, to all nodes together.
inline constexpr std::size_t kSendsMax = 8 * kNodesMax;
/// Of these, messages of up to so many bytes to each node that have room whatever waits for others.
inline constexpr std::size_t kSendsShare = 2;
inline constexpr std::size_t kSendShareBytes = 1024;
/// Bytes of all, but for what has room anyway; those to several nodes count once.
inline constexpr std::size_t kSendBytesMax = 4 * 1024 * 1024;
/// Beyond its share one node gets less than this part of what is free of both, so that several that
/// acknowledge nothing leave room for more than shares.
inline constexpr std::size_t kSendsNodePart = 4;
inline constexpr std::size_t kSendBytesNodePart = 8;
/// Messages to one node that are under way at a time. More wait.
inline constexpr std::uint64_t kSendsUnderWay = 16;
/// Parts of a message that are sent and not acknowledged.
inline constexpr int kDataWindow = 16;
/// Parts of messages in a second, to all nodes together: what Wi-Fi carries.
inline constexpr double kDataPartsPerSecond = 2000;
/// Parts that are taken of one node in a second, whatever others send; what is above that shares
/// kDataPartsPerSecond.
inline constexpr double kDataPartsPerPeerPerSecond = 200;
/// The shortest and the longest time after which a part is sent again.
inline constexpr Duration kDataResendMin = 100ms;
inline constexpr Duration kDataResendMax = 1s;
/// How long a message is tried, if the sender does not say.
inline constexpr Duration kSendPatience = 10s;
/// Messages of one sender that are remembered, so that none is delivered twice. More than it may
/// have under way.
inline constexpr std::size_t kReceivedRemembered = 2 * kSendsUnderWay;
/// Messages that arrive in parts at a time, one of each sender. At the bound the one of the sender
/// that was met last gives way to one that was met before it.
inline constexpr std::size_t kAssembliesMax = 16;
/// Time without a new part after which a message in parts gives way to any other.
inline constexpr Duration kAssemblyPause = 3s;

// ---- strangers

/// Network tags that are remembered. At the bound the oldest gives way.
inline constexpr std::size_t kTagsRemembered = 4096;
/// GROUP frames of one address that are opened in a second. Each costs an HKDF.
inline constexpr double kStrangersPerAddressPerSecond = 20;
/// Unicast GROUP frames that are opened in a second, of all addresses where a node is known to be,
/// and once more of all others.
inline constexpr double kStrangersPerSecond = 400;
/// Multicast GROUP frames that are opened in a second.
inline constexpr double kMulticastStrangersPerSecond = 100;
/// Addresses whose GROUP frames are counted. At the bound the oldest gives way.
inline constexpr std::size_t kStrangerAddressesMax = 256;
/// WELCOMEs to multicast HELLOs in a second.
inline constexpr double kMulticastWelcomesPerSecond = 5;
/// WELCOMEs to unicast HELLOs in a second.
inline constexpr double kUnicastWelcomesPerSecond = 400;
/// WELCOMEs that wait for their random delay. More HELLOs are left to other nodes to answer.
inline constexpr std::size_t kWelcomesWaitingMax = 32;
/// The longest random delay of a WELCOME to a multicast HELLO.
inline constexpr Duration kWelcomeDelayMax = 300ms;
/// The longest delay of the first HELLO of a run.
inline constexpr Duration kFirstHelloDelayMax = 4ms;
/// Size of a padded HELLO, so that no WELCOME (375 bytes at most) is larger than the HELLO.
inline constexpr std::size_t kHelloBytes = 400;
/// ECDHs in a second for strangers of one address, and verifications of own heads that came from
/// there.
inline constexpr double kStrangerOperationsPerAddressPerSecond = 4;
/// The same at once for all strangers, so that a node that starts meets a large network soon. Then
/// there are as many in a second as NodeOptions says.
inline constexpr double kStrangerOperationsAtOnce = 128;
/// Sessions that are asked for at a time. At the bound one of an unknown node gives way.
inline constexpr std::size_t kKnocksMax = 64;
/// The same with one node, in whose name any member can ask.
inline constexpr std::size_t kKnocksPerNodeMax = 4;
/// An address that has not proved that its node is there gets at most so many times the bytes that
/// came from it.
inline constexpr std::size_t kMovedBytesFactor = 3;
/// Of these bytes, so many are kept for the questions that prove the address: about four SYNs.
inline constexpr std::size_t kMovedBytesKept = 220;

// ---- discovery

/// Shortest interval of multicast HELLOs (Imin of Trickle, RFC 6206, section 4.1).
inline constexpr Duration kTrickleMin = 1s;
/// Longest interval of multicast HELLOs that follow Trickle (Imax). Behind it comes the rest.
inline constexpr Duration kTrickleMax = 32s;
/// At rest a HELLO follows the last one that was heard or said after so long: there is one in every
/// minute, in which those meet whom no change of a link tells.
inline constexpr Duration kRestMin = 50s;
inline constexpr Duration kRestMax = 59s;
/// Consistent HELLOs heard in an interval that make our own one needless (k of Trickle).
inline constexpr unsigned kTrickleRedundancy = 2;
/// First pause between unicast HELLOs to a contact; it doubles each time.
inline constexpr Duration kContactBackoffMin = 1s;
/// Longest pause between unicast HELLOs to a contact.
inline constexpr Duration kContactBackoffMax = 60s;
/// Unicast HELLOs to all contacts in a second.
inline constexpr double kContactsPerSecond = 100;
/// Addresses that are tried at a time.
inline constexpr std::size_t kContactsMax = 2 * kNodesMax;
/// Addresses told by other nodes that are tried at a time. More are not taken.
inline constexpr std::size_t kHearsayMax = 256;
/// Of them, told from one address.
inline constexpr std::size_t kHearsayPerTellerMax = 32;
/// Of them, at one IP address.
inline constexpr std::size_t kHearsayPerAddressMax = 4;
/// Unicast HELLOs to all of them in a second.
inline constexpr double kHearsayPerSecond = 100;
/// Bytes that came from a peer and count for the HELLOs that it makes us send.
inline constexpr std::size_t kHearsayCreditMax = 4096;

/// Answers to calls of machines without the network key, in a second.
inline constexpr double kCallsPerSecond = 10;

// ---- anti-entropy

/// Interval of rounds while anything is new.
inline constexpr Duration kRoundMin = 1s;
/// Interval of rounds when nothing was new for long.
inline constexpr Duration kRoundMax = 2s;
/// Peers drawn for a round; the one not heard for longest is asked. More would all ask the same.
inline constexpr std::size_t kPartnersCompared = 3;

// ---- liveness

/// Duration of a suspicion after which a peer is late.
inline constexpr Duration kLateAfter = 3s;
/// Duration of a suspicion after which a peer is gone.
inline constexpr Duration kGoneAfter = 6s;
/// How many times as long both are for a peer that answers no probes, but lives for others.
inline constexpr Duration::rep kRelayedPatience = 4;
/// kGoneAfter while it seems to be us who do not hear the others.
inline constexpr Duration kGoneAfterDeaf = 40s;
/// Time without a frame of any of several peers after which it seems to be us who do not hear.
inline constexpr Duration kDeafAfter = 5s;
/// Last anti-entropy rounds that are looked at to see whether it is us who do not hear.
inline constexpr unsigned kRoundsRemembered = 10;
/// Rounds of them that must have been answered.
inline constexpr unsigned kRoundsAnsweredMin = 2;
/// Time without a sign of life after which a peer is suspected, in a small network.
inline constexpr Duration kSilenceMin = 30s;
/// The same in a large network, for each of its nodes.
inline constexpr Duration kSilencePerNode = 500ms;
/// Interval of probes of one suspected peer.
inline constexpr Duration kProbeInterval = 300ms;
/// Probes of all suspected peers in a second.
inline constexpr double kProbesPerSecond = 50;
/// Interval of asking others for signs of life of suspected peers.
inline constexpr Duration kLateInterval = 500ms;
/// Members that are asked each time.
inline constexpr std::size_t kLateFanOut = 3;
/// Age up to which a sign of life answers such a question.
inline constexpr Duration kProofYoung = 1s;
/// Members that wait for a sign of life of one peer. More are not answered later.
inline constexpr std::size_t kAskersMax = 4;
/// Time between suspicions of one peer that others cause.
inline constexpr Duration kLateAskedPause = 2s;
/// Suspicions in a second that others cause.
inline constexpr double kSuspicionsAskedForPerSecond = 10;
/// Time that a peer has to come back, besides kGoneAfter, after it said that it restarts.
inline constexpr Duration kRestartGrace = 60s;
/// A peer that said that it sleeps is expected back after this at the latest.
inline constexpr Duration kSleepMax = 30 * 24h;
/// A node that was there in an earlier run is gone if it is not heard for so long after the start.
inline constexpr Duration kAwaitedMax = 10s;
/// The same while this machine has no network.
inline constexpr Duration kAwaitedOfflineMax = 60s;
/// How long a gone node is shown and its last state stays readable, unless the operator says it.
inline constexpr Duration kRetain = 7 * 24h;
/// Delay of a call beyond our deadline after which no verdicts are given: it was us who slept.
inline constexpr Duration kOwnLagMax = 1s;

// ---- beats

/// Time of its session clock in which a node reveals one element of its chain of beats.
inline constexpr Duration kBeatTick = 2s;
/// The same in the unit of session clocks.
inline constexpr auto kBeatTickMs = static_cast<std::uint64_t>(kBeatTick / 1ms);
/// The longest time between two beats on our clock: the owner's may be slow, but not by more.
inline constexpr Duration kBeatTickMax = 2020ms;
/// Steps along the chains of others that are hashed in a second. A segment has 2048.
inline constexpr double kBeatStepsPerSecond = 8192;
/// Beats of others behind one message.
inline constexpr std::size_t kRumoursPerFrame = 7;
/// How many times each beat of others is passed on.
inline constexpr unsigned kRumourForwardsMax = 4;
/// Beats of others that wait to be passed on. At the bound the oldest gives way.
inline constexpr std::size_t kRumoursKeptMax = 64;

// ---- heads

/// Time after which a peer is known for long, unless it was in an earlier run already.
inline constexpr Duration kKnownForLong = 60s;
/// Time from a change to the signing, so that what changes together is signed together.
inline constexpr Duration kCheckpointDelay = 1s;
/// The shortest time between two signings.
inline constexpr Duration kCheckpointInterval = 10s;
/// A second machine with the identity of a node that was not heard for so long is not there.
inline constexpr Duration kTwinKept = 60s;
/// Raises of the own incarnation in a row because of OWNHEADs. protocol.md [raise-rate]
inline constexpr double kIncarnationRaises = 3;
/// Further raises in a second: two running clones must not chase each other for ever.
inline constexpr double kIncarnationRaisesPerSecond = 1.0 / 1200;

}  // namespace dsn::core
