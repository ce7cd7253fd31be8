// SPDX-License-Identifier: Apache-2.0
#include "agent/state_file.hpp"

#include <algorithm>
#include <cstdio>

#include "base/check.hpp"
#include "file/atomic_file.hpp"
#include "wire/cbor_reader.hpp"
#include "wire/cbor_writer.hpp"

namespace dsn::agent {
namespace {

constexpr std::uint64_t kFormat = 1;
constexpr std::size_t kChecksumBytes = 8;
constexpr std::size_t kPeerBytesMax = 1 + 17 + 3;
constexpr std::size_t kFileBytesMax = 32 + kSavedPeersMax * kPeerBytesMax;

std::string path_in(const std::string& directory) { return directory + "/state.cbor"; }
std::string old_path_in(const std::string& directory) { return directory + "/state.cbor.old"; }

Endpoint read_endpoint(CborReader& in) {
  Endpoint endpoint;
  if (in.array() != 2) in.fail();
  const ByteView address = in.bytes();
  endpoint.port = static_cast<std::uint16_t>(in.uint_at_most(0xffff));
  if (address.size() != 4 && address.size() != 16) in.fail();
  if (!in.ok()) return endpoint;
  endpoint.family = address.size() == 4 ? AddressFamily::ipv4 : AddressFamily::ipv6;
  std::ranges::copy(address, endpoint.address.begin());
  return endpoint;
}

Result<SavedState> load_file(CryptoPort& crypto, const std::string& path) {
  const Result<std::optional<Bytes>> bytes = read_small_file(path, kFileBytesMax);
  if (!bytes) return Error{bytes.error()};
  if (!bytes->has_value()) return SavedState{};
  Result<SavedState> state = decode_saved_state(crypto, **bytes);
  if (!state) return Error{path + ": " + state.error()};
  return state;
}

}  // namespace

Bytes encode_saved_state(CryptoPort& crypto, const SavedState& state) {
  Bytes bytes(kFileBytesMax);
  CborWriter out(bytes);
  out.array(4);
  out.uint(kFormat);
  out.uint(state.incarnation);
  const std::size_t count = std::min(state.peers.size(), kSavedPeersMax);
  out.array(count);
  for (std::size_t i = 0; i < count; ++i) {
    out.array(2);
    out.bytes(state.peers[i].address_bytes());
    out.uint(state.peers[i].port);
  }
  const Digest256 digest = crypto.sha256(out.written());
  out.bytes(ByteView(digest).first(kChecksumBytes));
  DSN_CHECK(out.ok());
  bytes.resize(out.size());
  return bytes;
}

Result<SavedState> decode_saved_state(CryptoPort& crypto, ByteView bytes) {
  CborReader in(bytes);
  SavedState state;
  if (in.array() != 4 || in.uint() != kFormat) return Error{"not a state file of this version"};
  state.incarnation = static_cast<std::uint32_t>(in.uint_at_most(0xffffffff));
  const std::size_t count = in.array();
  for (std::size_t i = 0; i < count && in.ok() && i < kSavedPeersMax; ++i) {
    state.peers.push_back(read_endpoint(in));
  }
  const std::size_t covered = in.offset();
  const ByteView checksum = in.bytes_of(kChecksumBytes);
  if (!in.at_end()) return Error{"damaged"};
  const Digest256 digest = crypto.sha256(bytes.first(covered));
  if (!std::ranges::equal(checksum, ByteView(digest).first(kChecksumBytes))) {
    return Error{"damaged: its checksum does not fit"};
  }
  return state;
}

Result<SavedState> load_state(CryptoPort& crypto, const std::string& directory) {
  Result<SavedState> state = load_file(crypto, path_in(directory));
  if (state && state->incarnation > 0) return state;
  Result<SavedState> old = load_file(crypto, old_path_in(directory));
  if (old && old->incarnation > 0) return old;
  return state;
}

Result<void> save_state(CryptoPort& crypto, const std::string& directory, const SavedState& state) {
  // If this fails there is no previous state, or the disk will not take the new one either.
  (void)std::rename(path_in(directory).c_str(), old_path_in(directory).c_str());
  return write_file_atomically(path_in(directory), encode_saved_state(crypto, state),
                               FileMode::owner_only);
}

}  // namespace dsn::agent
