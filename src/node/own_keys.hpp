// SPDX-License-Identifier: Apache-2.0
// The keys of this node: who may write them, how long they last, and how they are shared.
#pragma once

#include <asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <vector>

#include "core/node.hpp"
#include "dsn/client.hpp"
#include "loop/alive.hpp"
#include "loop/handles.hpp"
#include "node/core_driver.hpp"
#include "node/databases.hpp"
#include "node/program_keys.hpp"

namespace dsn::node {

/// All of it must outlive the OwnKeys.
struct OwnKeysParts {
  asio::io_context& io;
  core::Node& core;
  CoreDriver& driver;
  /// The sensor that measures a key.
  std::function<std::optional<std::string>(const std::string& key)> sensor_of;
  /// The keys have changed that are to outlast this run.
  std::function<void()> kept_changed;
};

class OwnKeys {
 public:
  OwnKeys(OwnKeysParts parts, std::vector<Database> databases);
  OwnKeys(const OwnKeys&) = delete;
  OwnKeys& operator=(const OwnKeys&) = delete;

  /// What an earlier run kept.
  void start(const std::vector<KeptKey>& kept);
  /// Leaves no work on the io_context.
  void stop();

  /// As NodeRuntime.
  Result<std::uint64_t> commit(std::span<const core::Write> writes);
  Result<std::uint64_t> set(const std::vector<SetRequest>& entries, std::uint64_t holder);
  Result<std::uint64_t> unset(const std::vector<std::string>& keys);
  void release(std::uint64_t holder);
  [[nodiscard]] std::vector<std::string> held_by(std::uint64_t holder) const {
    return program_keys_.held_by(holder);
  }

  void set_databases(std::vector<Database> databases);
  /// A key was read: a value that had expired is replicated again.
  void touch(const std::string& key);
  [[nodiscard]] std::vector<KeptKey> kept() const { return program_keys_.kept(); }

 private:
  [[nodiscard]] Result<void> check(const SetRequest& request) const;
  [[nodiscard]] std::optional<Error> measured(const std::string& key) const;
  Result<std::uint64_t> commit_as_they_are(std::span<const core::Write> writes);
  Result<std::uint64_t> commit_to_databases(std::span<const core::Write> writes);
  void note_committed(std::span<const core::Write> writes);
  /// Puts a value that others are to fetch out of the write. The Error says that it is too large.
  Result<void> apply_database(core::Write& write, std::vector<core::Write>& values) const;
  /// Keys of programs, without asking anybody.
  Result<std::uint64_t> remove(const std::vector<std::string>& keys);
  void note_kept();
  /// Writes the key as it is, with its value or without.
  void rewrite(const std::string& key, bool is_expired);
  void arm();
  void handle_timer(const std::error_code& error);

  const OwnKeysParts parts_;
  Databases databases_;
  ProgramKeys program_keys_;
  std::vector<KeptKey> told_;  // of kept_changed
  loop::Timer timer_;
  loop::Alive alive_;
};

}  // namespace dsn::node
