// SPDX-License-Identifier: Apache-2.0
#include "crypto/authority.hpp"

#include <utility>

#include "crypto/typed_secret.hpp"
#include "file/atomic_file.hpp"

namespace dsn::crypto {
namespace {

constexpr TypedForm kAuthorityForm{"authority", "DSNA", 32};
constexpr std::size_t kAuthorityFileBytesMax = 4096;
constexpr std::string_view kAuthorityComment =
    "# Authority of a DSN network: whoever has it can replace the network key and put nodes out.\n"
    "# No node needs it. Keep it where no thief of a node finds it: dsn key export FILE\n";

std::string_view content_line(std::string_view text) {
  while (text.starts_with('#') || text.starts_with('\n')) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  return text;
}

}  // namespace

Result<Identity> create_authority() { return create_identity(); }

core::KeyHash authority_hash(const Identity& authority) { return authority.id.bytes; }

Result<Identity> load_authority(const std::string& path) {
  auto content = file::read_small_file(path, kAuthorityFileBytesMax, file::FileAccess::owner_only);
  if (!content) return content.failure();
  if (!content->has_value()) {
    return Error{"there is no authority " + path +
                     ": it is on the machine where 'dsn init' made the network, or where "
                     "'dsn key export' wrote it; name it with --authority",
                 ErrorCode::not_found};
  }
  const SecretText text(std::move(**content));
  PrivateKey scalar;
  const auto parsed = parse_typed(kAuthorityForm, content_line(text.view()), scalar.mutable_view());
  if (!parsed) return parsed.failure().prefixed(path + ": ");
  std::optional<Identity> authority = identity_of(scalar);
  if (!authority) return Error{path + ": this authority is not valid"};
  return std::move(*authority);
}

Result<void> store_authority(const std::string& path, const Identity& authority) {
  SecretText text(kAuthorityComment.size() + kAuthorityForm.size() + 1);
  text.append(kAuthorityComment);
  append_typed(text, kAuthorityForm, authority.private_key.view());
  text.append("\n");
  return file::create_file(path, text.bytes(), file::FileMode::owner_only);
}

}  // namespace dsn::crypto
