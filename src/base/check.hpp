// SPDX-License-Identifier: Apache-2.0
// Assertions about our own code, on in every build. Nothing that arrives from a peer, a file or
// the environment may ever decide one of them: those are counted or reported instead.
#pragma once

namespace dsn::inline base {

/// Prints the broken assertion to stderr and aborts; the service manager restarts the agent.
[[noreturn]] void check_failed(const char* expression, const char* file, int line);

}  // namespace dsn::inline base

#define DSN_CHECK(expression) \
  ((expression) ? static_cast<void>(0) : ::dsn::check_failed(#expression, __FILE__, __LINE__))
