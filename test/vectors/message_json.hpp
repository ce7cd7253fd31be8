// SPDX-License-Identifier: Apache-2.0
// A message as the test vectors show it, read and written by the product's codec.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "core/state/head.hpp"
#include "wire/app_message.hpp"
#include "wire/cbor_reader.hpp"
#include "wire/messages.hpp"

namespace dsn::vectors {

using namespace core;
using namespace wire;

struct Described {
  nlohmann::json fields;
  Bytes again;  ///< our own encoding of what was read; empty for an unknown type
};

/// The next message of a sequence; nothing if it is malformed.
[[nodiscard]] std::optional<Described> describe_next(CborReader& in);

/// The application message that parts of DATA made together; nothing if it is malformed.
[[nodiscard]] std::optional<Described> describe_app_message(ByteView encoded);

/// Pairs of key and entry, as lists.
[[nodiscard]] nlohmann::json describe_entries(const EntryMap& entries);
[[nodiscard]] nlohmann::json describe_head(const Head& head);

}  // namespace dsn::vectors
