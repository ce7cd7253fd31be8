// SPDX-License-Identifier: Apache-2.0
#include "crypto/invite.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "base/big_endian.hpp"

namespace dsn::crypto {
namespace {

constexpr std::size_t kKeyBytes = 16;
constexpr std::size_t kHashBytes = 16;
constexpr std::size_t kEpochBytes = 4;

}  // namespace

void append_invite(SecretText& text, const NetworkAccess& access) {
  if (!access.authority) return append_typed(text, kPlainInviteForm, access.key.key.view());
  Secret<kInviteForm.bytes> content;
  const auto out = content.mutable_view();
  std::ranges::copy(access.key.key.view(), out.begin());
  std::ranges::copy(*access.authority, out.begin() + kKeyBytes);
  put_big_endian(out.last<kEpochBytes>(), access.key.epoch);
  append_typed(text, kInviteForm, content.view());
}

Result<NetworkAccess> parse_invite(std::string_view text) {
  NetworkAccess access;
  if (begins_as(kPlainInviteForm, text)) {
    const auto parsed = parse_typed(kPlainInviteForm, text, access.key.key.mutable_view());
    if (!parsed) return parsed.failure();
    return access;
  }
  if (!begins_as(kInviteForm, text)) {
    return Error{"that is no invite: an invite begins with DSN2- or DSN1-"};
  }
  Secret<kInviteForm.bytes> content;
  const auto parsed = parse_typed(kInviteForm, text, content.mutable_view());
  if (!parsed) return parsed.failure();
  const auto in = content.view();
  std::copy_n(in.begin(), kKeyBytes, access.key.key.mutable_view().begin());
  std::copy_n(in.begin() + kKeyBytes, kHashBytes, access.authority.emplace().begin());
  access.key.epoch = get_big_endian<std::uint32_t>(in.last<kEpochBytes>());
  if (access.key.epoch == 0) return Error{"this invite is of a later version of DSN"};
  return access;
}

}  // namespace dsn::crypto
