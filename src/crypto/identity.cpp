// SPDX-License-Identifier: Apache-2.0
#include "crypto/identity.hpp"

#include <unistd.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/environment.hpp"
#include "crypto/secret_text.hpp"
#include "file/atomic_file.hpp"

namespace dsn::crypto {
namespace {

constexpr std::size_t kIdentityFileBytesMax = 4096;
constexpr std::size_t kFingerprintBytes = 8;
constexpr std::string_view kIdentityComment =
    "# Secret key of a DSN node. Never copy it to another machine.\n";
constexpr std::string_view kVersion = "1";
constexpr std::string_view kCheckWord = "check ";

std::string check_of(std::string_view text) {
  const core::Digest256 digest = sha256(as_bytes(text));
  return to_hex(ByteView(digest).first(kFingerprintBytes));
}

// Cuts the first line off a text, without its end.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

struct Parsed {
  std::optional<Identity> identity;
  const char* damage = nullptr;  // why there is no identity
};

// Of several marks of one source the first counts.
void add_mark(std::vector<MachineMark>& marks, std::string_view text) {
  const std::optional<MachineMark> mark = parse_machine_mark(text);
  if (!mark) return;
  const bool known = std::ranges::find(marks, mark->source, &MachineMark::source) != marks.end();
  if (!known) marks.push_back(*mark);
}

// `text` has a matching checksum, so an error found here is not damage of the disk.
Parsed parse_lines(std::string_view text) {
  bool version_known = false;
  std::optional<PrivateKey> private_key;
  std::vector<MachineMark> machine;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    const std::size_t space = line.find(' ');
    if (line.starts_with('#') || space == std::string_view::npos) continue;
    const std::string_view word = line.substr(0, space);
    const std::string_view value = line.substr(space + 1);
    if (word == "version") version_known = value == kVersion;
    if (word == "private") private_key = secret_from_hex<32>(value);
    if (word == "machine") add_mark(machine, value);
  }
  if (!version_known) return {std::nullopt, "it is of a version that this program does not know"};
  if (!private_key) return {std::nullopt, "it has no private key"};
  std::optional<Identity> identity = identity_of(*private_key);
  if (!identity) return {std::nullopt, "its private key is not valid"};
  identity->machine = std::move(machine);
  return {std::move(identity)};
}

Parsed parse(std::string_view text) {
  if (text.empty()) return {std::nullopt, "it is empty"};
  const std::size_t line_start = text.rfind('\n', text.size() - 2) + 1;  // 0 for a single line
  const std::string_view last_line = text.substr(line_start);
  if (!last_line.starts_with(kCheckWord) || !last_line.ends_with('\n')) {
    return {std::nullopt, "its last line is no checksum, so it is not complete"};
  }
  const std::string_view checked = text.substr(0, line_start);
  if (last_line.substr(kCheckWord.size()) != check_of(checked) + '\n') {
    return {std::nullopt, "its checksum does not match"};
  }
  return parse_lines(checked);
}

void write_text(const Identity& identity, SecretText& text) {
  text.append(kIdentityComment);
  text.append("version ");
  text.append(kVersion);
  text.append("\nprivate ");
  text.append_hex(identity.private_key.view());
  text.append("\n");
  for (const MachineMark& mark : identity.machine) text.append("machine " + to_text(mark) + '\n');
  const std::string check = check_of(text.view());
  text.append(kCheckWord);
  text.append(check);
  text.append("\n");
}

}  // namespace

std::string default_credential_directory() {
  if (const std::string given = environment("STATE_DIRECTORY"); !given.empty()) return given;
  if (geteuid() == 0) return "/var/lib/dsn";
  if (const std::string state = environment("XDG_STATE_HOME"); !state.empty()) {
    return state + "/dsn";
  }
  return environment("HOME") + "/.local/state/dsn";
}

std::optional<Identity> identity_of(const PrivateKey& private_key) {
  const std::optional<core::PublicKey> public_key = public_key_of(private_key);
  if (!public_key) return std::nullopt;
  return Identity{private_key, *public_key, node_id_of(*public_key), {}};
}

Result<Identity> create_identity() {
  if (const std::optional<PrivateKey> private_key = generate_private_key()) {
    if (const std::optional<Identity> identity = identity_of(*private_key)) return *identity;
  }
  return Error{"cannot create a key pair: the crypto library failed"};
}

std::string identity_path(const std::string& directory) { return directory + "/node.key"; }

Result<std::optional<Identity>> load_identity(const std::string& directory) {
  const std::string path = identity_path(directory);
  Result<std::optional<Bytes>> content =
      file::read_small_file(path, kIdentityFileBytesMax, file::FileAccess::owner_only);
  if (!content) return content.failure();
  if (!content->has_value()) return std::optional<Identity>();
  const SecretText text(std::move(**content));
  Parsed parsed = parse(text.view());
  if (parsed.identity) return std::move(parsed.identity);
  return Error{path + " is damaged: " + parsed.damage +
               "; restore it from a backup, or remove it to give this node a new identity (its "
               "peers then need 'dsn forget' for its name)"};
}

Result<void> save_identity(const std::string& directory, const Identity& identity) {
  if (Result<void> made = file::make_folder(directory); !made) return made;
  SecretText text(kIdentityFileBytesMax);
  write_text(identity, text);
  return file::write_file_atomically(identity_path(directory), text.bytes(),
                                     file::FileMode::owner_only);
}

Result<void> save_new_identity(const std::string& directory, const Identity& identity) {
  if (Result<void> made = file::make_folder(directory); !made) return made;
  SecretText text(kIdentityFileBytesMax);
  write_text(identity, text);
  return file::create_file(identity_path(directory), text.bytes(), file::FileMode::owner_only);
}

Result<Identity> load_or_create_identity(const std::string& directory) {
  Result<std::optional<Identity>> loaded = load_identity(directory);
  if (!loaded) return loaded.failure();
  if (loaded->has_value()) return **loaded;
  Result<Identity> created = create_identity();
  if (!created) return created;
  if (const Result<void> saved = save_new_identity(directory, *created); !saved) {
    return saved.failure();
  }
  return created;
}

}  // namespace dsn::crypto
