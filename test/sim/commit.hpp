// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace dsn::sim {

/// What this program was built from, as git describes it; "unknown" outside of a repository. A seed
/// means something only together with it.
[[nodiscard]] const char* commit();

}  // namespace dsn::sim
