// SPDX-License-Identifier: Apache-2.0
// The numbers of errors in the local API, and what they mean to a client.
#pragma once

#include "dsn/result.hpp"

namespace dsn::local {

/// Codes of JSON-RPC 2.0, and those of DSN from -32000 on.
enum class RpcCode : int {
  parse_error = -32700,
  invalid_request = -32600,
  method_not_found = -32601,
  invalid_params = -32602,
  refused = -32000,            ///< the node refuses: wrong key, value too large, ...
  permission_denied = -32001,  ///< this caller may only read
  too_long = -32002,           ///< the line is longer than kRequestBytesMax
  too_many = -32003,           ///< too many connections, or requests that wait, already
  not_found = -32004,          ///< there is no such node or ask
};

[[nodiscard]] constexpr ErrorCode meaning_of(RpcCode code) {
  switch (code) {
    case RpcCode::parse_error:
    case RpcCode::invalid_request:
    case RpcCode::invalid_params:
    case RpcCode::too_long:
      return ErrorCode::invalid_argument;
    case RpcCode::method_not_found:
      return ErrorCode::not_understood;
    case RpcCode::permission_denied:
      return ErrorCode::permission_denied;
    case RpcCode::not_found:
      return ErrorCode::not_found;
    case RpcCode::refused:
    case RpcCode::too_many:
      return ErrorCode::refused;
  }
  return ErrorCode::failed;
}

}  // namespace dsn::local
