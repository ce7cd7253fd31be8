// SPDX-License-Identifier: Apache-2.0
// Mistakes that systems of this kind are known to make. The simulator's own copy of the core is
// compiled with all of them and switches on one at a time. Its checks must catch each one. The
// product is compiled without them.
#pragma once

#include <cstdint>

namespace dsn::core {

/// X(name, what is wrong)
#define DSN_BUGS(X)                                                                        \
  X(incarnation_ignored, "an update of another run is taken by its version alone")         \
  X(version_lowered, "an older delta is applied (chitchat#179)")                           \
  X(delta_over_gap, "a delta is applied though something before it is missing")            \
  X(half_a_delta, "the deletions of a delta are not applied")                              \
  X(snapshot_merged, "a snapshot does not remove what it does not have")                   \
  X(tombstone_dropped_early, "a deletion is forgotten, and deltas go on as if it was not") \
  X(version_reused, "a batch that only deletes gets no version of its own")                \
  X(chunks_unchecked, "chunks are taken by their place alone")                             \
  X(transfer_clock_late, "a large state is dated when its last chunk comes")               \
  X(transfer_kept, "a transfer from a lost owner is never given up")                       \
  X(fingerprint_kept, "the fingerprint of a replica survives its change")                  \
  X(forgotten_node_unknown, "nothing is remembered of a node that was forgotten")          \
  X(own_head_ignored, "a node that lost its disk does not listen (scylladb#5164)")         \
  X(stale_run_welcome, "an earlier run opens a session")                                   \
  X(tag_unchecked, "a GROUP frame without the network tag costs a key derivation")         \
  X(tag_repeated, "a recorded GROUP frame is taken again")                                 \
  X(frame_repeated, "a repeated frame is taken again")                                     \
  X(heard_before_opened, "a frame proves life before its tag is checked")                  \
  X(unit_change_short, "a new maximum age goes out as if readers knew it")                 \
  X(number_repeated, "two frames of one millisecond have the same number")                 \
  X(knocks_unbounded, "any number of KNOCKs goes to an address that is not proven")        \
  X(token_not_asked, "an address counts before it has returned a token")                   \
  X(hello_unpadded, "a WELCOME is larger than the HELLO that it answers")                  \
  X(answer_answered, "an answer is answered (foca#25)")                                    \
  X(moved_not_asked, "nobody is asked where a lost node is now")                           \
  X(root_unchecked, "a relay's list of chunks is not compared with the signed root")       \
  X(relayed_lower_version, "a relayed state replaces a newer one of the owner itself")     \
  X(age_reset_by_relay, "a relay says the time of signing for the time of sending")        \
  X(forgotten_without_head, "of a forgotten node the head is forgotten as well")           \
  X(high_water_forgotten, "a forgotten state is taken again from those who still have it") \
  X(never_gone, "a dead node stays alive (chitchat#23)")                                   \
  X(old_beat_counts, "a relayed beat that is not new is a sign of life again")             \
  X(relayed_liveness_believed, "what a third node says is a sign of life, unchecked")      \
  X(withheld_beat_counts, "a relayed beat is a sign of life however old it is")            \
  X(message_twice, "an application message that is sent again is taken again")             \
  X(message_with_gaps, "an application message is whole when its last part came")          \
  X(message_acknowledged_early, "a message is acknowledged when its first part came")      \
  X(messages_in_one_pot, "messages to one node can take the room of all others")           \
  X(value_unchecked, "a value that is fetched is taken without its hash")                  \
  X(reply_of_anybody, "a reply is taken from who was not asked")                           \
  X(sample_not_awaited, "a sample counts as here before the state that has it")            \
  X(value_of_owner_only, "only its owner is asked for a value")                            \
  X(no_share, "all states are in one pot, first come, first served")                       \
  X(observer_answers, "an observer answers strangers")                                     \
  X(observer_told, "the address of an observer is handed on")                              \
  X(observer_relays, "an observer hands out the states of others")                         \
  X(sleep_not_awaited, "a node that said for how long it sleeps is late before that")      \
  X(sleeps_for_ever, "a node that sleeps is never missed")                                 \
  X(old_key_admits_strangers, "who has a former key of the network is let in")             \
  X(out_list_ignored, "a node that is put out is let in and told")                         \
  X(statement_unverified, "anybody's new network key is taken")                            \
  X(key_not_handed_on, "only who rotated the network key hands it on")                     \
  X(overtaken_ignored, "of two revocations at once only one counts")                       \
  X(session_of_out_stays, "who is put out keeps the sessions that it has")                 \
  X(older_statement_taken, "an older statement about keys is taken")                       \
  X(rotation_ends_sessions, "what comes in sessions of a former key is not read")

enum class InjectedBug : std::uint8_t {
  none,
#define X(name, what) name,
  DSN_BUGS(X)
#undef X
};

#ifdef DSN_INJECTED_BUGS
extern InjectedBug injected_bug;
[[nodiscard]] inline bool has_bug(InjectedBug bug) { return injected_bug == bug; }
#else
[[nodiscard]] constexpr bool has_bug(InjectedBug) { return false; }
#endif

}  // namespace dsn::core
