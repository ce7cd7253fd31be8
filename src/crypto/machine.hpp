// SPDX-License-Identifier: Apache-2.0
// Which machine this is, so that a key that was copied with its card is noticed on another one.
//
// A machine is named by its serial number, which a Raspberry Pi and most other boards have, and by
// the machine-id of its operating system. Neither is kept: a mark is a hash of one with a salt.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dsn::crypto {

/// The stronger first: a card takes its machine-id along, but not the board's serial number.
enum class MachineSource : std::uint8_t { serial, os };

struct MachineId {
  MachineSource source;
  std::string text;
};

struct MachineMark {
  MachineSource source;
  std::array<std::uint8_t, 16> salt{};
  std::array<std::uint8_t, 16> hash{};  ///< the beginning of SHA-256 of salt and id

  bool operator==(const MachineMark&) const = default;
};

/// What names this machine, the strongest first; nothing where nothing does. `root` stands before
/// each path ("" in the product).
[[nodiscard]] std::vector<MachineId> machine_ids(const std::string& root);

/// Whether the marks are of another machine. The strongest source that is both marked and readable
/// decides; if there is none, that cannot be known, and the answer is no.
[[nodiscard]] bool is_another_machine(std::span<const MachineMark> marks,
                                      std::span<const MachineId> ids);

/// The marks of this machine: those that fit stay as they are, and so do those whose source cannot
/// be read now. Needs initialise_crypto().
[[nodiscard]] std::vector<MachineMark> marks_of(std::span<const MachineId> ids,
                                                std::span<const MachineMark> known);

/// `serial <salt> <hash>`, and back.
[[nodiscard]] std::string to_text(const MachineMark& mark);
[[nodiscard]] std::optional<MachineMark> parse_machine_mark(std::string_view text);

}  // namespace dsn::crypto
