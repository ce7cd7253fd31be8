// SPDX-License-Identifier: Apache-2.0
// A readable log of all that happens in a simulation, one line each.
#pragma once

#include "sim/simulation.hpp"

namespace dsn::sim {

/// Prints to standard output what is done to the network, what is sent, and what arrives.
/// `messages_readable` if the crypto is the fake, under which the messages can be named.
void trace_to_stdout(Simulation& simulation, bool messages_readable);

}  // namespace dsn::sim
