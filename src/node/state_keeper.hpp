// SPDX-License-Identifier: Apache-2.0
// When what the agent remembers is written, and what becomes of it if the disk does not take it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "core/node.hpp"
#include "node/credentials.hpp"
#include "node/state_file.hpp"

namespace dsn::node {

/// Changes may wait, but not for long, since the power may go: steady state writes nothing, and a
/// network in which nodes come and go writes six times an hour. What the core must have on disk
/// (`save`) is written at once.
inline constexpr Duration kSaveDelay = std::chrono::minutes(1);
inline constexpr Duration kSaveInterval = std::chrono::minutes(10);
/// A disk that refuses is tried again after the first, then after twice as long each time, up to
/// kSaveInterval.
inline constexpr Duration kSaveRetryMin = std::chrono::seconds(2);

/// What is worth remembering: the nodes that have proved themselves in this run, and those of
/// earlier runs as far as there is room.
[[nodiscard]] SavedState state_to_save(const core::Node& node, const SavedState& earlier);

/// The same, for the core.
[[nodiscard]] std::vector<core::KnownNode> known_nodes(const SavedState& state);

/// Where its peers may still be, on this machine as it is now.
[[nodiscard]] std::vector<Endpoint> remembered_endpoints(const SavedState& state);

/// What a save changed, for the program that reports it.
enum class SaveChange : std::uint8_t {
  none,       ///< the folder takes writes as before, or refuses them as before
  failed,     ///< the first write that failed: problem() says why
  recovered,  ///< the first write that succeeded again
};

/// Without a clock and a timer: time is an argument, and due() says when save() is wanted.
class StateKeeper {
 public:
  /// What is to be remembered now. Asked only when it may be written.
  using Collect = std::function<SavedState()>;
  StateKeeper(core::CryptoPort& crypto, const Credentials& credentials, Collect collect);

  /// Something may have changed that can wait.
  void note_change(Instant now);
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
