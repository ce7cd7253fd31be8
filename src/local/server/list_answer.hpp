// SPDX-License-Identifier: Apache-2.0
// An answer that is a list: it is written in slices, so that it is never whole in memory.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <utility>

namespace dsn::local {

/// A slice ends behind the element with which it has this many bytes. One element has at most some
/// 20 KiB: the names of 256 keys.
inline constexpr std::size_t kSliceBytes = 32 * 1024;

/// Nor does a slice try more elements than these, since some write nothing: it takes less than a
/// millisecond on a machine of today, and about 20 on the smallest board.
inline constexpr int kElementsPerSlice = 128;

/// The elements of a list and its end, `]}` and a line feed.
class ListAnswer {
 public:
  /// Appends the next element to a text, or nothing if that one does not exist any more. False at
  /// the end of the list.
  using NextElement = std::function<bool(std::string& out)>;
  explicit ListAnswer(NextElement next) : next_(std::move(next)) {}

  /// Appends the next slice. False if it was the last one; it must not be called again then.
  bool write_slice(std::string& out);

 private:
  NextElement next_;
  bool is_first_ = true;
};

}  // namespace dsn::local
