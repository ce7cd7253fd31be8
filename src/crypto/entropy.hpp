// SPDX-License-Identifier: Apache-2.0
// Starts the crypto library, and gives its random numbers.
#pragma once

#include "base/bytes.hpp"
#include "dsn/result.hpp"

namespace dsn::crypto {

/// Whether the kernel's random generator has been seeded. On a small board without a hardware
/// generator this can take minutes after a boot, and getrandom blocks until then. So a node says
/// that it waits, sends nothing and asks again.
[[nodiscard]] bool entropy_ready();

/// Must succeed before anything else of this folder is used. It does not block, but is an error
/// while entropy_ready() is false; then it may be called again.
Result<void> initialise_crypto();

/// Fills `output` with random bytes for keys and session ids. A failure of the library ends the
/// process, because there is no safe way to go on.
void random_bytes(MutableBytes output);

}  // namespace dsn::crypto
