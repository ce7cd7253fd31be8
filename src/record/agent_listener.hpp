// SPDX-License-Identifier: Apache-2.0
// Hears of each change from the agent, and records it.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "dsn/client.hpp"
#include "record/recorder.hpp"

namespace dsn::record {

/// Connects again when the agent was away, and says so once.
class AgentListener {
 public:
  AgentListener(std::string socket, Recorder& recorder, Recorder::Note note)
      : socket_(std::move(socket)), recorder_(recorder), note_(std::move(note)) {}

  /// Waits for a change for a moment, or for the agent.
  void listen();

 private:
  [[nodiscard]] Result<void> connect();
  void lose(const std::string& why);

  const std::string socket_;
  Recorder& recorder_;
  const Recorder::Note note_;
  std::optional<Client> client_;
  std::string problem_;
};

}  // namespace dsn::record
