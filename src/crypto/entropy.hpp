// SPDX-License-Identifier: Apache-2.0
// The start of the crypto library, and its random numbers.
#pragma once

#include "base/bytes.hpp"
#include "dsn/result.hpp"

namespace dsn::crypto {

/// Whether the kernel's random generator has been seeded. On a small board without a hardware
/// generator that can take minutes after a boot, and getrandom blocks until then: a node stays
/// mute, says so and asks again.
[[nodiscard]] bool entropy_ready();

/// To be called, with success, before anything else of this folder. Never blocks: an error while
/// !entropy_ready(). May be called again.
Result<void> initialise_crypto();

/// Fills with bytes that nobody can guess: for keys and session ids. Ends the process if the
/// library cannot, because there is no safe way to go on.
void random_bytes(MutableBytes output);

}  // namespace dsn::crypto
