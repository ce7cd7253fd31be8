// SPDX-License-Identifier: Apache-2.0
#include "crypto/network_key.hpp"

#include <utility>

#include "crypto/entropy.hpp"
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

}  // namespace

std::optional<NetworkKey> parse_network_key(std::string_view text) {
  std::optional<NetworkKey> key;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty() || line.starts_with('#')) continue;
    if (key) return std::nullopt;  // a second key
    key = secret_from_hex<16>(line);
    if (!key) return std::nullopt;
  }
  return key;
}

Result<NetworkKey> load_network_key(const std::string& path) {
  Result<std::optional<Bytes>> content =
      file::read_small_file(path, kNetworkKeyFileBytesMax, file::FileAccess::owner_only);
  if (!content) return content.failure();
  if (!content->has_value()) {
    return Error{"there is no network key " + path +
                 ": run 'dsn init' to create a network or 'dsn join' to join one"};
  }
  const SecretText text(std::move(**content));
  const std::optional<NetworkKey> key = parse_network_key(text.view());
  if (key) return *key;
  return Error{path + " is not a network key: expected one line of 32 hexadecimal digits"};
}

Result<void> store_network_key(const std::string& path, const NetworkKey& key) {
  SecretText text(kNetworkKeyFileBytesMax);
  text.append(kNetworkKeyComment);
  text.append_hex(key.view());
  text.append("\n");
  return file::create_file(path, text.bytes(), file::FileMode::owner_only);
}

Result<void> create_network_key(const std::string& path) {
  NetworkKey key;
  random_bytes(key.mutable_view());
  return store_network_key(path, key);
}

}  // namespace dsn::crypto
