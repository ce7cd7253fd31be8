// SPDX-License-Identifier: Apache-2.0
// The methods of the local API, without any socket: one line in, one line out, a long one in slices
// (docs/local-api.md).
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "local/json/json_codec.hpp"
#include "local/json/rpc_code.hpp"
#include "local/server/backend.hpp"
#include "local/server/list_answer.hpp"
#include "local/server/subscription.hpp"

namespace dsn::local {

/// The longest request of a client that may only read, with its line feed.
inline constexpr std::size_t kRequestBytesMax = 64 * 1024;

/// The longest request of a client that may write: a full batch of small entries fits in, and so
/// does a payload of kJsonPayloadBytesMax even when every byte of it is escaped.
inline constexpr std::size_t kWriteRequestBytesMax = 448 * 1024;

/// The most requests of one connection that wait for an answer of the network.
inline constexpr std::size_t kAnswersDueMax = 64;

/// The most entries of a batch: a node has at most 256 keys.
inline constexpr std::size_t kBatchMax = 256;

/// The answer to a line that could not be read as a request. Its id is that of the line, if one can
/// be read.
[[nodiscard]] std::string error_line(RpcCode code, std::string_view message,
                                     std::string_view id = "null");

/// A notification of a message, with its line feed.
[[nodiscard]] std::string message_line(const Message& message);

/// Who asks.
struct Caller {
  bool may_write = false;
  std::uint64_t connection = 0;  ///< its number
  /// Whether another answer may come later: see kAnswersDueMax.
  bool may_wait = true;
  /// Takes an answer that comes later, as a line. May be called when the caller is gone.
  std::function<void(std::string line)> answer_later;
  /// The connections whose programs said who they are.
  std::function<std::vector<ModuleInfo>()> modules = {};
  bool is_owner = false;  ///< root, or the user of the agent
};

/// Answers requests from the backend, which must outlive it.
class Api {
 public:
  explicit Api(Backend& backend) : backend_(backend) {}

  struct Reply {
    /// With its line feed, unless `list` goes on; empty if the request was a notification.
    std::string line;
    std::optional<ListAnswer> list;  ///< the rest of the line
    /// From now on this caller gets these events, instead of those of an earlier reply.
    std::optional<Subscription> subscribe;
    bool malformed = false;    ///< the line was no JSON-RPC request
    bool comes_later = false;  ///< Caller::answer_later is, or was, called with the answer
    /// From now on this caller gets messages whose names fit one of these patterns.
    std::optional<std::vector<std::string>> listen;
    std::optional<HelloParams> hello;  ///< who this caller is
  };
  /// Never throws, whatever the line holds.
  [[nodiscard]] Reply handle(std::string_view line, const Caller& caller);
  [[nodiscard]] std::size_t keys_held(std::uint64_t connection) {
    return backend_.keys_held(connection);
  }
  /// A connection has ended.
  void handle_end(std::uint64_t connection) { backend_.release(connection); }

 private:
  Reply call(const std::string& name, const JsonIn& params, const std::string& id,
             const Caller& caller);

  Backend& backend_;
};

}  // namespace dsn::local
