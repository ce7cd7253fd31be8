// SPDX-License-Identifier: Apache-2.0
// The methods of the local API, without any socket: one line in, one line out (docs/local-api.md).
#pragma once

#include <string>
#include <string_view>

#include "local/json/json_codec.hpp"
#include "local/server/backend.hpp"

namespace dsn::local {

/// Codes of JSON-RPC 2.0, and ours from -32000 on.
enum class ErrorCode : int {
  parse_error = -32700,
  invalid_request = -32600,
  method_not_found = -32601,
  invalid_params = -32602,
  refused = -32000,            ///< the node said no: wrong key, value too large, ...
  permission_denied = -32001,  ///< this caller may read only
  too_long = -32002,           ///< the line is longer than kRequestBytesMax
  too_many = -32003,           ///< connections
};

/// A request with its line feed. Large enough for a full batch of small entries; a value of the
/// hard limit of 16 KiB fits even when every byte of it is escaped.
inline constexpr std::size_t kRequestBytesMax = 64 * 1024;

/// A node has at most 256 keys, so no batch needs more.
inline constexpr std::size_t kBatchMax = 256;

/// An answer without id, for what could not even be read as a request.
[[nodiscard]] std::string error_line(ErrorCode code, std::string_view message);

/// A notification of an event, with its line feed.
[[nodiscard]] std::string event_line(const NodeEvent& event);

class Api {
 public:
  explicit Api(Backend& backend) : backend_(backend) {}

  struct Reply {
    std::string line;        ///< with its line feed; empty if the request was a notification
    bool subscribe = false;  ///< from now on this caller gets events
    bool malformed = false;  ///< the line was no JSON-RPC request
  };
  /// Never throws, whatever the line holds.
  [[nodiscard]] Reply handle(std::string_view line, bool may_write);

 private:
  struct Outcome;
  struct Request;
  Outcome dispatch(const Request& request);
  Outcome read(const JsonIn& params);
  Outcome list(const JsonIn& params);
  Outcome peers(const JsonIn& params);
  Outcome set(const JsonIn& params);
  Outcome unset(const JsonIn& params);
  Outcome status(const JsonIn& params);
  Outcome subscribe(const JsonIn& params);
  Outcome forget(const JsonIn& params);
  Outcome leave(const JsonIn& params);
  Outcome reload(const JsonIn& params);

  Backend& backend_;
};

}  // namespace dsn::local
