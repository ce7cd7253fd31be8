// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace dsn::config {

/// The configuration that is read unless another file is named.
inline constexpr char kDefaultFile[] = "/etc/dsn/agent.yaml";

}  // namespace dsn::config
