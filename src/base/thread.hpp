// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pthread.h>

#include <functional>
#include <optional>

namespace dsn::inline base {

/// Starts a thread that gets no signals: they are for the one that runs the loop. Nothing if the
/// system gives us none, which std::thread can say by an exception only. Join it or detach it.
[[nodiscard]] std::optional<pthread_t> start_thread(std::function<void()> body);

}  // namespace dsn::inline base
