// SPDX-License-Identifier: Apache-2.0
#include "crypto/keyring_file.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "crypto/key_pair.hpp"
#include "crypto/secret_text.hpp"
#include "file/atomic_file.hpp"

namespace dsn::crypto {
namespace {

constexpr std::size_t kKeyringFileBytesMax = std::size_t{32} * 1024;
constexpr std::size_t kKeyringCheckBytes = 8;
constexpr std::size_t kKeysKept = 3;  // protocol.md, section 7.10
constexpr std::size_t kOvertakenKept = 4;
constexpr std::string_view kKeyringComment =
    "# Keys of a DSN network, as dsn-agent was given them. They are secret.\n";

std::string keyring_check(std::string_view text) {
  const core::Digest256 digest = sha256(as_bytes(text));
  return to_hex(ByteView(digest).first(kKeyringCheckBytes));
}

template <std::size_t N>
bool read_hex(std::string_view digits, std::array<std::uint8_t, N>& out) {
  const std::optional<Bytes> bytes = from_hex(digits);
  if (!bytes || bytes->size() != N) return false;
  std::ranges::copy(*bytes, out.begin());
  return true;
}

/// Takes the text before the next blank away.
std::string_view take_word(std::string_view& text) {
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(std::min(text.size(), word.size() + 1));
  return word;
}

bool read_key(std::string_view epoch, std::string_view digits, core::EpochKey& key) {
  const char* const end = epoch.data() + epoch.size();
  const auto [rest, error] = std::from_chars(epoch.data(), end, key.epoch);
  if (error != std::errc() || rest != end || key.epoch == 0) return false;
  const auto secret = secret_from_hex<16>(digits);
  if (secret) key.key = *secret;
  return secret.has_value();
}

bool read_ring_key(std::string_view value, core::KeyringContents& contents) {
  if (contents.keys.size() >= kKeysKept) return false;
  const std::string_view epoch = take_word(value);
  return read_key(epoch, value, contents.keys.emplace_back());
}

bool read_statement(std::string_view digits, core::SignedStatement& statement) {
  const std::optional<Bytes> bytes = from_hex(digits);
  if (bytes) statement.encoded = *bytes;
  return bytes.has_value();
}

bool read_overtaken(std::string_view value, core::KeyringContents& contents) {
  if (contents.overtaken.size() >= kOvertakenKept) return false;
  core::OvertakenKey& one = contents.overtaken.emplace_back();
  const std::string_view epoch = take_word(value);
  if (!read_key(epoch, take_word(value), one.key)) return false;
  return read_statement(take_word(value), one.statement) &&
         read_hex(take_word(value), one.statement.signature) &&
         read_hex(value, one.statement.authority);
}

bool read_line(std::string_view word, std::string_view value, core::KeyringContents& contents) {
  if (word == "version") return value == "1";
  if (word == "authority") return read_hex(value, contents.authority.emplace());
  if (word == "key") return read_ring_key(value, contents);
  if (word == "signature") return read_hex(value, contents.statement.signature);
  if (word == "signer") return read_hex(value, contents.statement.authority);
  if (word == "out") return read_hex(value, contents.out.emplace_back().bytes);
  if (word == "overtaken") return read_overtaken(value, contents);
  if (word == "statement") return read_statement(value, contents.statement);
  return true;
}

/// Nothing if the text is damaged.
std::optional<core::KeyringContents> parse_keyring(std::string_view text) {
  const std::size_t check = text.rfind("check ");
  if (check == std::string_view::npos || !text.ends_with('\n')) return std::nullopt;
  if (text.substr(check) != "check " + keyring_check(text.substr(0, check)) + "\n")
    return std::nullopt;
  text = text.substr(0, check);
  core::KeyringContents contents;
  contents.keys.clear();
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const std::size_t space = line.find(' ');
    if (line.starts_with('#') || space == std::string_view::npos) continue;
    if (!read_line(line.substr(0, space), line.substr(space + 1), contents)) return std::nullopt;
  }
  if (contents.keys.empty()) return std::nullopt;
  return contents;
}

void append_overtaken(SecretText& text, const core::OvertakenKey& one) {
  text.append("overtaken " + std::to_string(one.key.epoch) + " ");
  text.append_hex(one.key.key.view());
  for (const ByteView bytes : {ByteView(one.statement.encoded), ByteView(one.statement.signature),
                               ByteView(one.statement.authority)}) {
    text.append(" ");
    text.append_hex(bytes);
  }
  text.append("\n");
}

void append_line(SecretText& text, std::string_view word, ByteView bytes) {
  text.append(word);
  text.append_hex(bytes);
  text.append("\n");
}

}  // namespace

std::string keyring_path(const std::string& directory) { return directory + "/network.keys"; }

Result<std::optional<core::KeyringContents>> load_keyring(const std::string& directory) {
  const std::string path = keyring_path(directory);
  auto content = file::read_small_file(path, kKeyringFileBytesMax, file::FileAccess::owner_only);
  if (!content) return content.failure();
  if (!content->has_value()) return std::optional<core::KeyringContents>();
  const SecretText text(std::move(**content));
  std::optional<core::KeyringContents> contents = parse_keyring(text.view());
  if (contents) return contents;
  return Error{
      path +
      " is damaged: the node begins with the key of its key file, is given newer ones by the "
      "others, and then writes it anew"};
}

Result<void> save_keyring(const std::string& directory, const core::KeyringContents& contents) {
  SecretText text(kKeyringFileBytesMax);
  text.append(kKeyringComment);
  text.append("version 1\n");
  if (contents.authority) append_line(text, "authority ", *contents.authority);
  for (const core::EpochKey& key : contents.keys) {
    append_line(text, "key " + std::to_string(key.epoch) + " ", key.key.view());
  }
  if (!contents.statement.encoded.empty()) {
    append_line(text, "statement ", contents.statement.encoded);
    append_line(text, "signature ", contents.statement.signature);
    append_line(text, "signer ", contents.statement.authority);
  }
  for (const NodeId& id : contents.out) append_line(text, "out ", id.bytes);
  for (const core::OvertakenKey& one : contents.overtaken) append_overtaken(text, one);
  const std::string check = keyring_check(text.view());
  text.append("check " + check + "\n");
  return file::write_file_atomically(keyring_path(directory), text.bytes(),
                                     file::FileMode::owner_only);
}

bool is_of_network(const core::KeyringContents& stored, const NetworkAccess& access) {
  return access.authority && stored.authority == access.authority;
}

core::KeyringContents newest_of(const NetworkAccess& access,
                                const std::optional<core::KeyringContents>& stored) {
  core::KeyringContents contents;
  contents.authority = access.authority;
  contents.keys = {access.key};
  if (!stored || !is_of_network(*stored, access)) return contents;
  const auto age = [](const core::EpochKey& key) {
    return std::pair(key.epoch, sha256(key.key.view()));
  };
  if (age(access.key) <= age(stored->keys.front())) return *stored;
  contents.out = stored->out;
  contents.overtaken = stored->overtaken;
  for (const core::EpochKey& key : stored->keys) {
    if (contents.keys.size() < kKeysKept) contents.keys.push_back(key);
  }
  return contents;
}

NetworkAccess access_of(const core::KeyringContents& contents) {
  return {contents.keys.front(), contents.authority};
}

}  // namespace dsn::crypto
