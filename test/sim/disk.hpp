// SPDX-License-Identifier: Apache-2.0
// What a machine's disk keeps of the incarnation: two copies, as src/node/state_file does it. Zero
// is a copy that is not there or cannot be read.
#pragma once

#include <cstdint>

namespace dsn::sim {

class Disk {
 public:
  enum class Mode : std::uint8_t {
    works,
    read_only,
    full,  ///< files can be renamed, and nothing can be written
  };
  /// Where the machine dies in the middle of saving.
  enum class Death : std::uint8_t {
    none,
    before,   ///< nothing has happened yet
    between,  ///< the copy that was is put aside, the new one is not there
    after,
  };

  [[nodiscard]] std::uint32_t load() const { return newest_ > 0 ? newest_ : before_; }

  /// False if the machine died of it.
  bool save(std::uint32_t incarnation) {
    const Death death = death_;
    death_ = Death::none;
    if (death == Death::before) return false;
    if (mode != Mode::read_only) {
      if (exists_) before_ = newest_;
      newest_ = 0;
      exists_ = false;
    }
    if (death == Death::between) return false;
    if (mode == Mode::works) {
      newest_ = incarnation;
      exists_ = true;
    }
    return death == Death::none;
  }

  void die_in_next_save(Death death) { death_ = death; }
  void live() { death_ = Death::none; }
  void lose() { *this = {}; }
  void roll_back() { newest_ = before_; }
  /// The newest copy is there but cannot be read; with `both`, nor can the other.
  void tear(bool both) {
    newest_ = 0;
    if (both) before_ = 0;
  }
  void toggle(Mode other) { mode = mode == other ? Mode::works : other; }

  Mode mode = Mode::works;

 private:
  std::uint32_t newest_ = 0;
  std::uint32_t before_ = 0;
  bool exists_ = false;
  Death death_ = Death::none;
};

}  // namespace dsn::sim
