// SPDX-License-Identifier: Apache-2.0
// What programs may have the agent do, if they know the token.
#pragma once

#include <string>
#include <string_view>

#include "dsn/result.hpp"

namespace dsn::web {

/// The first line of the file, which must have 16 bytes or more and be readable by nobody else.
[[nodiscard]] Result<std::string> load_token(const std::string& path);

/// Whether the header `Authorization` of a request has the token. Takes as long for any other one.
[[nodiscard]] bool has_token(std::string_view authorization, std::string_view token);

/// The parameters of `set` and `send` of the local API as JSON; the answer likewise.
[[nodiscard]] Result<std::string> set_key(const std::string& socket, std::string_view json);
[[nodiscard]] Result<std::string> send_message(const std::string& socket, std::string_view json);

}  // namespace dsn::web
