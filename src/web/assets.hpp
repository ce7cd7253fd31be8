// SPDX-License-Identifier: Apache-2.0
// The files of the page, which are compiled in (src/web/page, and dygraphs).
#pragma once

#include <span>
#include <string_view>

namespace dsn::web {

struct Asset {
  std::string_view path;  ///< of its URL: "/page.js"
  std::string_view type;  ///< of its content
  std::string_view text;
};

[[nodiscard]] std::span<const Asset> assets();

}  // namespace dsn::web
