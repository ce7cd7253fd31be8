// SPDX-License-Identifier: Apache-2.0
// A long text that is made piece by piece, as its receiver takes it.
#pragma once

#include <cstddef>
#include <string>

namespace dsn::web {

class TextStream {
 public:
  /// The size at which a piece is handed on.
  static constexpr std::size_t kPieceBytes = std::size_t{64} * 1024;

  TextStream() = default;
  TextStream(const TextStream&) = delete;
  TextStream& operator=(const TextStream&) = delete;
  virtual ~TextStream() = default;

  /// Appends the next piece; false if there is none.
  virtual bool next(std::string& out) = 0;
};

}  // namespace dsn::web
