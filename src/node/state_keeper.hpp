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

/// Without a clock and a timer: time is an argument, and due() says when save() is wanted.
class StateKeeper {
 public:
  /// What is to be remembered now. Asked only when it may be written.
  using Collect = std::function<SavedState()>;
  StateKeeper(core::CryptoPort& crypto, const Credentials& credentials, Collect collect);

  /// Something may have changed that can wait.
  void note_change(Instant now);
  /// Writes the state if it is another than the one on disk, and an identity that is not there
  /// yet. An error is logged once, and once more when it is over.
  void save(Instant now);

  [[nodiscard]] Instant due() const { return due_; }
  /// Why nothing can be kept; empty if it can.
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  Result<void> write();
  void note_failure(Instant now, const std::string& problem);

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
