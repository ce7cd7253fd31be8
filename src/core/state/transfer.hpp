// SPDX-License-Identifier: Apache-2.0
// A state that arrives in chunks because it is larger than a datagram.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "core/common/injected_bugs.hpp"
#include "core/common/limits.hpp"
#include "core/state/clock_reading.hpp"
#include "core/state/state_root.hpp"
#include "wire/messages.hpp"

namespace dsn::core {

/// The receiver's side: which chunks have come, and which are asked for. The sender keeps nothing
/// for each receiver. Takes memory of the state's size, at most kStateBytesMax.
class Transfer {
 public:
  explicit Transfer(const wire::Manifest& manifest, Instant now)
      : version_(manifest.version),
        clock_{manifest.clock_ms, now},
        hashes_(manifest.chunk_hashes.begin(), manifest.chunk_hashes.end()),
        bytes_(manifest.size),
        have_(hashes_.size() / sizeof(ShortHash), false) {}

  /// Takes a chunk whose hash is right. False if it is of another state, wrong, or here already.
  /// protocol.md [chunk-checked]
  bool accept(CryptoPort& crypto, const wire::Chunk& chunk) {
    const bool unchecked = has_bug(InjectedBug::chunks_unchecked);
    if (chunk.version != version_ && !unchecked) return false;
    if (chunk.index >= have_.size() || have_[chunk.index]) return false;
    const std::size_t at = chunk.index * wire::kChunkBytes;
    if (chunk.bytes.size() != std::min(wire::kChunkBytes, bytes_.size() - at)) return false;
    const ShortHash hash = chunk_hash(crypto, chunk.bytes);
    const auto expected = hashes_.begin() + static_cast<std::ptrdiff_t>(chunk.index * hash.size());
    if (!std::equal(hash.begin(), hash.end(), expected) && !unchecked) return false;
    std::ranges::copy(chunk.bytes, bytes_.begin() + static_cast<std::ptrdiff_t>(at));
    have_[chunk.index] = true;
    ++have_count_;
    if (outstanding_ > 0) --outstanding_;
    window_ = std::min(window_ + 1, kChunkWindowMax);
    return true;
  }

  [[nodiscard]] bool complete() const { return have_count_ == have_.size(); }
  /// Nothing that was asked for is still on its way.
  [[nodiscard]] bool window_empty() const { return outstanding_ == 0; }

  /// Returns the next missing chunks to ask for, as many as the window allows.
  /// protocol.md [want-window]
  wire::Want next_want() {
    wire::Want want{version_, {}, 0};
    for (std::size_t i = 0; i < have_.size() && want.count < window_; ++i) {
      if (!have_[i]) want.indexes[want.count++] = static_cast<std::uint16_t>(i);
    }
    outstanding_ = want.count;
    return want;
  }
  /// What was asked for did not come.
  void shrink_window() { window_ = std::max(window_ / 2, kChunkWindowFirst); }

  [[nodiscard]] const StateVersion& version() const { return version_; }
  [[nodiscard]] ByteView bytes() const { return bytes_; }
  /// The owner's session clock in the manifest, and the moment at which we read it.
  [[nodiscard]] const ClockReading& clock() const { return clock_; }

 private:
  StateVersion version_;
  ClockReading clock_;
  Bytes hashes_;
  Bytes bytes_;
  std::vector<bool> have_;
  std::size_t have_count_ = 0;
  std::size_t outstanding_ = 0;
  std::size_t window_ = kChunkWindowFirst;
};

}  // namespace dsn::core
