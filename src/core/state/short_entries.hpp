// SPDX-License-Identifier: Apache-2.0
// Short entries of MAIL and DELTA, made whole: what is kept, hashed and handed on is always the
// whole entry (docs/protocol.md, section 6.2).
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "core/state/entry_store.hpp"
#include "wire/messages.hpp"

namespace dsn::core {

/// The entries of the update, whose frame tells `clock_ms`, with what `before` has of the same
/// keys. Nothing if it does not have enough. The result is a view of `buffer`, which is
/// overwritten.
[[nodiscard]] std::optional<wire::EntryMap> whole_entries(const wire::Update& update,
                                                          const EntryStore& before,
                                                          std::uint64_t clock_ms, Bytes& buffer);

}  // namespace dsn::core
