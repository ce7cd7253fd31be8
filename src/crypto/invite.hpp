// SPDX-License-Identifier: Apache-2.0
// What lets a node into a network, in the form that people carry to the next node, and that key
// files hold (crypto/typed_secret.hpp):
//
//   DSN2-, 64 digits: the network key (16 bytes), the hash of the authority (16), the epoch (4,
//          big-endian)
//   DSN1-, 32 digits: the key of a network without an authority
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/session/keyring_contents.hpp"
#include "crypto/network_key.hpp"
#include "crypto/secret_text.hpp"
#include "crypto/typed_secret.hpp"
#include "dsn/result.hpp"

namespace dsn::crypto {

inline constexpr TypedForm kInviteForm{"invite", "DSN2", 16 + 16 + 4};
inline constexpr TypedForm kPlainInviteForm{"invite", "DSN1", 16};
inline constexpr std::size_t kInviteSize = kInviteForm.size();

/// Appends at most kInviteSize characters.
void append_invite(SecretText& text, const NetworkAccess& access);

/// Reads either form. No error shows the key.
[[nodiscard]] Result<NetworkAccess> parse_invite(std::string_view text);

}  // namespace dsn::crypto
