// SPDX-License-Identifier: Apache-2.0
// Every bound of the protocol in one place (protocol.md [limits]). What happens when a
// bound is reached is said here; that it is reached is counted (core/counters.hpp).
#pragma once

#include <chrono>
#include <cstddef>
#include <iterator>

#include "base/time.hpp"
#include "wire/wire_limits.hpp"

namespace dsn::core {

/// Nodes of one network, this one included. At the limit, a HELLO of a stranger is not answered;
/// nobody who is known is evicted for it.
inline constexpr std::size_t kNodesMax = 1024;
/// All replicas together. A state that does not fit is not taken; its node stays known without it.
inline constexpr std::size_t kReplicaBytesMax = 32 * 1024 * 1024;
/// Chunks asked for and not yet there: begins at the first, grows to the second.
inline constexpr std::size_t kChunkWindowFirst = 4;
inline constexpr std::size_t kChunkWindowMax = 16;
/// How long an owner hands out chunks of one state before it encodes a newer one.
inline constexpr Duration kPublishedLifetime = 10s;
/// States being fetched in chunks at a time; more wait.
inline constexpr std::size_t kTransfersMax = 4;
/// A transfer that takes longer makes room for others.
inline constexpr Duration kTransferLifetime = 60s;
/// Pulls sent and not yet answered; more wait.
inline constexpr std::size_t kPullsMax = 32;
/// A pull that has to wait because too many are under way looks again after this.
inline constexpr Duration kBusyDelay = 50ms;

/// Datagrams that one call may emit. What a fan-out has beyond it goes out in the next call, which
/// is due at once.
inline constexpr std::size_t kEffectDatagramsMax = 256;
/// Events that one call may emit; the rest is counted and lost (the state itself is not).
inline constexpr std::size_t kEffectEventsMax = 1024;

/// Each leg of a conversation is sent at most three times, at these intervals.
inline constexpr Duration kRetryIntervals[] = {200ms, 400ms, 800ms};
inline constexpr std::size_t kTransmissionsMax = std::size(kRetryIntervals);

/// Updates sent by direct mail, to all peers together (a token bucket of one second's depth).
/// protocol.md [mail-rate]
inline constexpr double kMailFramesPerSecond = 1000;
/// Answers to one peer, so that no member can make us its amplifier.
inline constexpr double kAnswersPerPeerPerSecond = 200;

/// GROUP frames of sessions that we do not know: each may cost an HKDF and an ECDH.
inline constexpr double kStrangersPerAddressPerSecond = 20;
inline constexpr double kStrangersPerSecond = 200;
/// The same for those that come by multicast, which do not draw on the others'.
inline constexpr double kMulticastStrangersPerSecond = 100;
/// Addresses whose strangers are counted apart; beyond it the oldest is forgotten.
inline constexpr std::size_t kStrangerAddressesMax = 256;

/// Signatures verified outside of transfers: 20 ms each on the smallest boards, so a tenth of one.
inline constexpr double kVerificationsPerSecond = 5;
/// A node that was met proves itself within a few round trips. After this long another stranger
/// may have its place in a full table.
inline constexpr Duration kUnprovenGrace = 3s;
/// Nodes that were forgotten, but not how far they had got.
inline constexpr std::size_t kTombstonesKeptMax = kNodesMax;
/// Names that belong to a node; at the limit, the oldest of a node that is not known gives way.
inline constexpr std::size_t kPinsMax = 2 * kNodesMax;
/// Nodes that are known only through others. They yield to whoever can be met.
inline constexpr std::size_t kRelayedMax = 256;

inline constexpr double kMulticastWelcomesPerSecond = 5;
inline constexpr double kUnicastWelcomesPerSecond = 100;
/// WELCOMEs waiting for their random delay; more HELLOs are left to other nodes to answer.
inline constexpr std::size_t kWelcomesWaitingMax = 32;
inline constexpr Duration kWelcomeDelayMax = 300ms;
/// HELLOs are padded to this many bytes or up to two less, so that a WELCOME, with the longest name
/// and the largest numbers (367 bytes), is never larger than what it answers.
inline constexpr std::size_t kHelloBytes = 400;

/// Trickle (RFC 6206, section 4.1) for multicast HELLOs.
inline constexpr Duration kTrickleMin = 1s;
inline constexpr Duration kTrickleMax = 512s;
inline constexpr unsigned kTrickleRedundancy = 2;

/// Unicast HELLOs to bootstrap nodes, remembered, reported and lost peers.
inline constexpr Duration kContactBackoffMin = 1s;
inline constexpr Duration kContactBackoffMax = 60s;
inline constexpr double kContactsPerSecond = 100;
inline constexpr std::size_t kContactsMax = 2 * kNodesMax;
/// Of them, those that other nodes told us of: hearsay leaves room for what we know ourselves.
inline constexpr std::size_t kGossipContactsMax = kContactsMax / 2;

/// Anti-entropy rounds: the first while anything is new, slowing down to the second.
inline constexpr Duration kRoundMin = 1s;
inline constexpr Duration kRoundMax = 2s;
/// Of so many peers that are drawn, the one that was not heard of for longest is the partner. With
/// more, they all ask the same ones.
inline constexpr std::size_t kPartnersCompared = 3;
/// After gossip about an origin that its owner did not confirm: no member can make us ask without
/// end.
inline constexpr Duration kGossipBackoffMin = 1s;
inline constexpr Duration kGossipBackoffMax = 60s;
/// States fetched anew because somebody says that theirs differs at the same version.
inline constexpr double kDifferencesPerSecond = 1;
inline constexpr std::size_t kListFramesMax = 4;

/// A peer that is suspected, and of which no sign of life comes, is late after the first and gone
/// after the second.
inline constexpr Duration kLateAfter = 3s;
inline constexpr Duration kGoneAfter = 6s;
/// The latter while hardly any of our rounds is answered, or none of several peers was heard for so
/// long: then it is rather us who do not hear.
inline constexpr Duration kGoneAfterDeaf = 40s;
inline constexpr Duration kDeafAfter = 5s;
inline constexpr unsigned kRoundsRemembered = 10;
inline constexpr unsigned kRoundsAnsweredMin = 2;
/// Without any sign of life for the first, and for the second for each node there is, a peer is
/// suspected.
inline constexpr Duration kSilenceMin = 30s;
inline constexpr Duration kSilencePerNode = 500ms;
/// A suspected peer is probed this often, and all of them together so many times a second.
inline constexpr Duration kProbeInterval = 300ms;
inline constexpr double kProbesPerSecond = 50;
/// And so many others are asked for a sign of life of it, this often.
inline constexpr Duration kLateInterval = 500ms;
inline constexpr std::size_t kLateFanOut = 3;
/// Who is asked answers with a sign of life that is not older, or looks for one: for so many askers
/// a peer, so often a peer, and for so many peers a second.
inline constexpr Duration kProofYoung = 1s;
inline constexpr std::size_t kAskersMax = 4;
inline constexpr Duration kLateAskedPause = 2s;
inline constexpr double kSuspicionsAskedForPerSecond = 10;
/// A peer that said that it restarts has this much longer to come back.
inline constexpr Duration kRestartGrace = 60s;
/// How long a gone node's last state stays readable.
inline constexpr Duration kRetain = 24h;
/// If we were not called for so long past our deadline, it was us who slept: nobody is judged.
inline constexpr Duration kOwnLagMax = 1s;

/// A node reveals one element of its hash chain of beats for each of these of its session clock.
inline constexpr Duration kBeatTick = 2s;
/// The same in the unit of session clocks.
inline constexpr auto kBeatTickMs = static_cast<std::uint64_t>(kBeatTick / 1ms);
/// So much of our time lies between two of them at most: a clock may be slow, but not by much.
inline constexpr Duration kBeatTickMax = 2200ms;
/// Steps along the chains of others in a second; a segment has 2048.
inline constexpr double kBeatStepsPerSecond = 8192;
/// Beats of others in a frame, how many times each is passed on, and how many wait for it.
inline constexpr std::size_t kRumoursPerFrame = 8;
inline constexpr unsigned kRumourForwardsMax = 4;
inline constexpr std::size_t kRumoursKeptMax = 64;

/// A peer is asked for a head that proves its incarnation at most this often.
inline constexpr Duration kHeadAskInterval = 2s;
/// A head is signed this long after a change, so that what changes together is signed together,
/// and anew at most this often.
inline constexpr Duration kCheckpointDelay = 1s;
inline constexpr Duration kCheckpointInterval = 10s;

/// How often a node may raise its incarnation because of an OWNHEAD: so many times at once, and
/// then every 20 minutes. Two running clones would otherwise chase each other for ever. A member
/// that hands out recorded heads, the lowest first, keeps nobody behind for long. protocol.md
/// [raise-rate]
inline constexpr double kIncarnationRaises = 3;
inline constexpr double kIncarnationRaisesPerSecond = 1.0 / 1200;

}  // namespace dsn::core
