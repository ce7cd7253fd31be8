// SPDX-License-Identifier: Apache-2.0
// Goal: whatever became of the files that an agent keeps, it starts: each is read or refused, and
// what was read is read again as it is written, without what this version does not know.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "base/check.hpp"
#include "core/session/key_statement.hpp"
#include "crypto/authority.hpp"
#include "crypto/entropy.hpp"
#include "crypto/identity.hpp"
#include "crypto/keyring_file.hpp"
#include "crypto/network_key.hpp"
#include "fuzz/input.hpp"
#include "node/state_file.hpp"
#include "support/fake_crypto.hpp"

namespace dsn::fuzz {

using namespace core;
using namespace crypto;

namespace {

constexpr std::size_t kCheckBytes = 8;

// A folder of this process, removed when it ends well.
class Folder {
 public:
  Folder() {
    DSN_CHECK(::mkdtemp(path_) != nullptr);
    DSN_CHECK(initialise_crypto().ok());
  }
  ~Folder() {
    for (const char* name :
         {"/node.key", "/network.key", "/network.keys", "/authority.key", "/saved.key"}) {
      ::unlink((path() + name).c_str());
    }
    ::rmdir(path_);
  }
  [[nodiscard]] std::string path() const { return path_; }

  std::string write(const std::string& name, ByteView bytes) const {
    const std::string file = path() + "/" + name;
    std::ofstream(file, std::ios::binary | std::ios::trunc)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    ::chmod(file.c_str(), 0600);
    return file;
  }

 private:
  char path_[32] = "/tmp/dsn-fuzz-XXXXXX";
};

const Folder& folder() {
  static const Folder made;
  return made;
}

// A damaged file hardly ever gets past its checksum: with the right one, what is behind is seen.
Bytes with_state_check(CryptoPort& crypto, ByteView bytes) {
  Bytes file(bytes.begin(), bytes.end());
  const Digest256 digest = crypto.sha256(bytes);
  file.push_back(0x40 + kCheckBytes);
  file.insert(file.end(), digest.begin(), digest.begin() + kCheckBytes);
  return file;
}

/// For a text whose last line is a checksum: an identity, or the keys of a network.
Bytes with_line_check(ByteView bytes) {
  Bytes file(bytes.begin(), bytes.end());
  const Digest256 digest = sha256(bytes);
  const std::string line = "check " + to_hex(ByteView(digest).first(kCheckBytes)) + "\n";
  file.insert(file.end(), line.begin(), line.end());
  return file;
}

void check_state(ByteView bytes) {
  test::FakeCrypto crypto(1);
  const auto state = node::decode_saved_state(crypto, bytes);
  if (!state) return;
  DSN_CHECK(state->peers.size() <= node::kSavedPeersMax);
  const Bytes written = node::encode_saved_state(crypto, *state);
  const auto again = node::decode_saved_state(crypto, written);
  DSN_CHECK(again.ok());
  DSN_CHECK(std::ranges::equal(node::encode_saved_state(crypto, *again), written));
}

void check_identity(ByteView bytes) {
  folder().write("node.key", bytes);
  const auto loaded = load_identity(folder().path());
  if (!loaded) {
    DSN_CHECK(loaded.error().find('\n') == std::string::npos);
    return;
  }
  DSN_CHECK(loaded->has_value());
  DSN_CHECK(save_identity(folder().path(), **loaded).ok());
  const auto again = load_identity(folder().path());
  DSN_CHECK(again.ok() && again->has_value() && (*again)->id == (*loaded)->id);
  DSN_CHECK((*again)->machine == (*loaded)->machine);
}

void check_ring(ByteView bytes) {
  folder().write("network.keys", bytes);
  const auto loaded = load_keyring(folder().path());
  if (!loaded) {
    DSN_CHECK(loaded.error().find('\n') == std::string::npos);
    return;
  }
  DSN_CHECK(loaded->has_value() && !(*loaded)->keys.empty());
  DSN_CHECK(save_keyring(folder().path(), **loaded).ok());
  const auto again = load_keyring(folder().path());
  DSN_CHECK(again.ok() && again->has_value());
  DSN_CHECK((*again)->out == (*loaded)->out && (*again)->authority == (*loaded)->authority);
  DSN_CHECK((*again)->overtaken.size() == (*loaded)->overtaken.size());
  DSN_CHECK((*again)->statement.encoded == (*loaded)->statement.encoded);
  DSN_CHECK((*again)->keys.front().epoch == (*loaded)->keys.front().epoch);
}

void check_authority(ByteView bytes) {
  const auto loaded = load_authority(folder().write("authority.key", bytes));
  if (!loaded) {
    DSN_CHECK(loaded.error().find('\n') == std::string::npos);
    return;
  }
  const std::string saved = folder().path() + "/saved.key";
  ::unlink(saved.c_str());
  DSN_CHECK(store_authority(saved, *loaded).ok());
  const auto again = load_authority(saved);
  DSN_CHECK(again.ok() && again->id == loaded->id);
}

void check_statement(ByteView bytes) {
  const auto statement = decode_statement(bytes);
  if (!statement) return;
  DSN_CHECK(statement->epoch > 0 && statement->out.size() <= wire::kOutPerStatementMax);
  const auto again = decode_statement(encode_statement(*statement));
  DSN_CHECK(again && again->epoch == statement->epoch && again->out == statement->out);
  DSN_CHECK(again->key_hash == statement->key_hash && again->flags == statement->flags);
}

void check_mark(ByteView bytes) {
  const auto mark = parse_machine_mark(as_text(bytes));
  if (mark) DSN_CHECK(parse_machine_mark(to_text(*mark)) == mark);
}

void check_network_key(ByteView bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto parsed = parse_network_key(text);
  const auto loaded = load_network_key(folder().write("network.key", bytes));
  DSN_CHECK(!loaded || parsed.has_value());
  // The message must not contain what the file does.
  DSN_CHECK(loaded.ok() || loaded.error().find('\n') == std::string::npos);
}

}  // namespace
}  // namespace dsn::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dsn;
  using namespace dsn::fuzz;
  fuzz::Input input(data, size);
  const std::uint8_t kind = input.byte();
  const ByteView bytes = input.rest();
  test::FakeCrypto crypto(1);
  switch (kind % 10) {
    case 0:
      check_state(bytes);
      break;
    case 1:
      check_state(with_state_check(crypto, bytes));
      break;
    case 2:
      check_identity(bytes);
      break;
    case 3:
      check_identity(with_line_check(bytes));
      break;
    case 4:
      check_network_key(bytes);
      break;
    case 5:
      check_mark(bytes);
      break;
    case 6:
      check_ring(bytes);
      break;
    case 7:
      check_ring(with_line_check(bytes));
      break;
    case 8:
      check_authority(bytes);
      break;
    case 9:
      check_statement(bytes);
      break;
  }
  return 0;
}
