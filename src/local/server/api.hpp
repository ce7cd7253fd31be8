// SPDX-License-Identifier: Apache-2.0
// The methods of the local API, without any socket: one line in, one line out, a long one in slices
// (docs/local-api.md).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "local/json/rpc_code.hpp"
#include "local/server/backend.hpp"
#include "local/server/list_answer.hpp"

namespace dsn::local {

/// The longest request, with its line feed: a full batch of small entries fits in, and so does a
/// value of kJsonValueBytesMax even when every byte of it is escaped.
inline constexpr std::size_t kRequestBytesMax = 64 * 1024;

/// The most entries of a batch: a node has at most 256 keys.
inline constexpr std::size_t kBatchMax = 256;

/// The answer to a line that could not even be read as a request; it has no id.
[[nodiscard]] std::string error_line(RpcCode code, std::string_view message);

/// A notification of an event, with its line feed.
[[nodiscard]] std::string event_line(const NodeEvent& event);

/// Answers requests from the backend, which must outlive it.
class Api {
 public:
  explicit Api(Backend& backend) : backend_(backend) {}

  struct Reply {
    /// With its line feed, unless `list` goes on; empty if the request was a notification.
    std::string line;
    std::optional<ListAnswer> list;  ///< the rest of the line
    bool subscribe = false;          ///< from now on this caller gets events
    bool malformed = false;          ///< the line was no JSON-RPC request
  };
  /// Never throws, whatever the line holds.
  [[nodiscard]] Reply handle(std::string_view line, bool may_write);

 private:
  Backend& backend_;
};

}  // namespace dsn::local
