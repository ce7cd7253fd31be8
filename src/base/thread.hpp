// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pthread.h>

#include <functional>
#include <optional>

namespace dsn::inline base {

/// Starts a thread with all signals blocked, so that they reach the thread of the loop. Nothing if
/// the system has no thread to give (std::thread would throw). The caller joins or detaches it.
[[nodiscard]] std::optional<pthread_t> start_thread(std::function<void()> body);

}  // namespace dsn::inline base
