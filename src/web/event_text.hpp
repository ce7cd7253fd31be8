// SPDX-License-Identifier: Apache-2.0
// A picture, or what changed in it, as server-sent events for the page (docs/web.md).
#pragma once

#include <string>

#include "web/picture.hpp"

namespace dsn::web {

/// The events of a view. The last one is `ready`, with `id`, which the browser says when it asks
/// again. A whole view begins with `whole`: what was told before is void.
[[nodiscard]] std::string event_text(const Picture::View& view, const std::string& id,
                                     Picture::Clock::time_point now);

/// Keeps a connection alive on which nothing happens.
inline constexpr char kEmptyEvent[] = ": nothing\n\n";

}  // namespace dsn::web
