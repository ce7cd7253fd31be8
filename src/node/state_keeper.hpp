// SPDX-License-Identifier: Apache-2.0
// Decides when the state file is written, and tries again if the disk refuses it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "core/node.hpp"
#include "node/credentials.hpp"
#include "node/state_file.hpp"

namespace dsn::node {

/// A change that can wait is written after this time. Not later, since the power may fail.
inline constexpr Duration kSaveDelay = std::chrono::minutes(1);
/// The time between two writes of such changes: a network in which nodes come and go writes six
/// times an hour, and one in steady state never.
inline constexpr Duration kSaveInterval = std::chrono::minutes(10);
/// A key that a program wants kept is written after this time, and keys not more often than once a
/// minute.
inline constexpr Duration kKeepDelay = std::chrono::seconds(2);
inline constexpr Duration kKeepInterval = std::chrono::minutes(1);
/// A disk that refuses is tried again after this time, then after twice as long each time, up to
/// kSaveInterval.
inline constexpr Duration kSaveRetryMin = std::chrono::seconds(2);

/// What is to be saved: the nodes that have proved their keys in this run, and those of earlier
/// runs as far as there is room.
[[nodiscard]] SavedState state_to_save(const core::Node& node, const SavedState& earlier,
                                       Instant now);

/// The saved nodes, for the core.
[[nodiscard]] std::vector<core::KnownNode> known_nodes(const SavedState& state);

/// The saved addresses, as far as their interfaces exist on this machine now.
[[nodiscard]] std::vector<Endpoint> remembered_endpoints(const SavedState& state);

/// What a save changed, for the program that reports it.
enum class SaveChange : std::uint8_t {
  none,       ///< the folder takes writes as before, or refuses them as before
  failed,     ///< the first write that failed: problem() says why
  recovered,  ///< the first write that succeeded again
};

/// Has no clock and no timer: time is an argument, and due() says when save() is to be called.
class StateKeeper {
 public:
  /// Gives the state to write. Called by save() only.
  using Collect = std::function<SavedState()>;
  StateKeeper(core::CryptoPort& crypto, const Credentials& credentials, Collect collect);

  /// Something may have changed that need not be written at once.
  void note_change(Instant now);
  /// The keys that are to be kept have changed.
  void note_kept_change(Instant now);
  /// Writes the state if it differs from the one on disk, and the identity if it is not on disk
  /// yet.
  [[nodiscard]] SaveChange save(Instant now);

  [[nodiscard]] Instant due() const { return due_; }
  /// Why nothing can be kept; empty if it can.
  [[nodiscard]] const std::string& problem() const { return problem_; }
  /// Whether node.key has the identity; if not, the next start gives the node another one.
  [[nodiscard]] bool identity_kept() const { return identity_kept_; }

 private:
  Result<void> write();
  SaveChange note_failure(Instant now, const std::string& problem);

  core::CryptoPort& crypto_;
  const Credentials& credentials_;
  const Collect collect_;
  bool identity_kept_;
  core::Digest256 on_disk_{};  // of the encoded state; zeros: unknown
  std::string problem_;
  Duration retry_pause_{};
  Instant changes_saved_ = Instant::min();
  Instant due_ = kNever;
};

}  // namespace dsn::node
