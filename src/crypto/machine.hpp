// SPDX-License-Identifier: Apache-2.0
// Names the machine, so that a key that was copied with its card is noticed on another machine.
//
// A machine is named by its serial number, which a Raspberry Pi and most other boards have, and by
// the machine-id of its operating system. Neither is stored, only marks: salted hashes of them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dsn::crypto {

/// The stronger source first: a copied card has the machine-id, but not the board's serial number.
enum class MachineSource : std::uint8_t { serial, os };

struct MachineId {
  MachineSource source;
  std::string text;
};

struct MachineMark {
  MachineSource source;
  std::array<std::uint8_t, 16> salt{};
  std::array<std::uint8_t, 16> hash{};  ///< the first bytes of SHA-256 of salt and id

  bool operator==(const MachineMark&) const = default;
};

/// The names of this machine, the strongest first; empty if it has none. `root` stands before each
/// path ("" in the product).
[[nodiscard]] std::vector<MachineId> machine_ids(const std::string& root);

/// Whether the marks are of another machine. The strongest source that has both a mark and an id
/// decides. Without such a source the answer is no.
[[nodiscard]] bool is_another_machine(std::span<const MachineMark> marks,
                                      std::span<const MachineId> ids);

/// The marks of this machine. Known marks stay if they fit, or if their source cannot be read now.
/// Needs initialise_crypto().
[[nodiscard]] std::vector<MachineMark> marks_of(std::span<const MachineId> ids,
                                                std::span<const MachineMark> known);

/// `serial <salt> <hash>`, and back.
[[nodiscard]] std::string to_text(const MachineMark& mark);
[[nodiscard]] std::optional<MachineMark> parse_machine_mark(std::string_view text);

}  // namespace dsn::crypto
