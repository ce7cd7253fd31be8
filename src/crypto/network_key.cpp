// SPDX-License-Identifier: Apache-2.0
#include "crypto/network_key.hpp"

#include <utility>

#include "crypto/entropy.hpp"
#include "crypto/invite.hpp"
#include "crypto/secret_text.hpp"
#include "file/atomic_file.hpp"

namespace dsn::crypto {
namespace {

constexpr std::size_t kNetworkKeyFileBytesMax = 4096;
constexpr std::string_view kNetworkKeyComment =
    "# Key of a DSN network: whoever has it can join. The same on all of its nodes.\n";

std::string_view trimmed(std::string_view line) {
  constexpr std::string_view kBlank = " \t\r";
  const std::size_t first = line.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return line.substr(first, line.find_last_not_of(kBlank) - first + 1);
}

void append_key_file(SecretText& text, const NetworkAccess& access) {
  text.append(kNetworkKeyComment);
  if (access.authority) {
    append_invite(text, access);
  } else {
    text.append_hex(access.key.key.view());
  }
  text.append("\n");
}

}  // namespace

std::optional<NetworkAccess> parse_network_key(std::string_view text) {
  std::optional<NetworkAccess> access;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty() || line.starts_with('#')) continue;
    if (access) return std::nullopt;  // a second key
    if (const auto invite = parse_invite(line)) {
      access = *invite;
    } else if (const auto key = secret_from_hex<16>(line)) {
      access.emplace().key.key = *key;
    } else {
      return std::nullopt;
    }
  }
  return access;
}

Result<NetworkAccess> load_network_key(const std::string& path) {
  Result<std::optional<Bytes>> content =
      file::read_small_file(path, kNetworkKeyFileBytesMax, file::FileAccess::owner_only);
  if (!content) return content.failure();
  if (!content->has_value()) {
    return Error{"there is no network key " + path +
                 ": run 'dsn init' to create a network or 'dsn join' to join one"};
  }
  const SecretText text(std::move(**content));
  const std::optional<NetworkAccess> access = parse_network_key(text.view());
  if (access) return *access;
  return Error{path + " is not a network key: expected an invite or 32 hexadecimal digits"};
}

Result<void> store_network_key(const std::string& path, const NetworkAccess& access) {
  SecretText text(kNetworkKeyFileBytesMax);
  append_key_file(text, access);
  return file::create_file(path, text.bytes(), file::FileMode::owner_only);
}

Result<void> replace_network_key(const std::string& path, const NetworkAccess& access) {
  SecretText text(kNetworkKeyFileBytesMax);
  append_key_file(text, access);
  return file::write_file_atomically(path, text.bytes(), file::FileMode::owner_only);
}

Result<void> create_network_key(const std::string& path) {
  NetworkAccess access;
  random_bytes(access.key.key.mutable_view());
  return store_network_key(path, access);
}

}  // namespace dsn::crypto
