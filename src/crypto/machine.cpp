// SPDX-License-Identifier: Apache-2.0
#include "crypto/machine.hpp"

#include <algorithm>
#include <cctype>

#include "crypto/entropy.hpp"
#include "crypto/key_pair.hpp"
#include "file/atomic_file.hpp"

namespace dsn::crypto {
namespace {

// The serial number is in the last lines of /proc/cpuinfo. Only small boards have one;
// /proc/cpuinfo of a large machine (400 KiB for 256 processors) need not be read.
constexpr std::size_t kMachineFileBytesMax = 64 * 1024;
constexpr std::size_t kIdCharactersMin = 4;

std::string text_of_file(const std::string& path) {
  const Result<std::optional<Bytes>> content = file::read_small_file(path, kMachineFileBytesMax);
  if (!content || !content->has_value()) return {};
  return std::string(as_text(**content));
}

// The id without other characters; empty if it names no machine: too short, one character repeated
// (zeros), or the word that systemd writes before the first start.
std::string usable_id(std::string_view text) {
  std::string id;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-') id += c;
  }
  const bool constant = std::ranges::all_of(id, [&](char c) { return c == id.front(); });
  if (id.size() < kIdCharactersMin || constant || id == "uninitialized") return {};
  return id;
}

std::string serial_in_cpuinfo(std::string_view text) {
  constexpr std::string_view kWord = "\nSerial";
  const std::size_t start = text.rfind(kWord);
  if (start == std::string_view::npos) return {};
  std::string_view line = text.substr(start + kWord.size());
  line = line.substr(0, line.find('\n'));
  const std::size_t colon = line.find(':');
  return colon == std::string_view::npos ? std::string() : usable_id(line.substr(colon + 1));
}

std::array<std::uint8_t, 16> hash_of(const std::array<std::uint8_t, 16>& salt,
                                     std::string_view id) {
  Bytes salted(salt.begin(), salt.end());
  salted.insert(salted.end(), id.begin(), id.end());
  const core::Digest256 digest = sha256(salted);
  std::array<std::uint8_t, 16> hash;
  std::copy_n(digest.begin(), hash.size(), hash.begin());
  return hash;
}

bool fits(const MachineMark& mark, const MachineId& id) {
  return hash_of(mark.salt, id.text) == mark.hash;
}

const MachineMark* find(std::span<const MachineMark> marks, MachineSource source) {
  const auto found = std::ranges::find(marks, source, &MachineMark::source);
  return found == marks.end() ? nullptr : &*found;
}

std::string_view name_of(MachineSource source) {
  switch (source) {
    case MachineSource::serial:
      return "serial";
    case MachineSource::os:
      return "os";
  }
  return {};
}

}  // namespace

std::vector<MachineId> machine_ids(const std::string& root) {
  std::vector<MachineId> ids;
  std::string serial =
      usable_id(text_of_file(root + "/sys/firmware/devicetree/base/serial-number"));
  if (serial.empty()) serial = serial_in_cpuinfo(text_of_file(root + "/proc/cpuinfo"));
  if (!serial.empty()) ids.push_back({MachineSource::serial, std::move(serial)});
  std::string os = usable_id(text_of_file(root + "/etc/machine-id"));
  // If systemd cannot write /etc/machine-id, it mounts /run/machine-id over it, which is new at
  // each boot.
  const bool of_this_boot = !text_of_file(root + "/run/machine-id").empty();
  if (!os.empty() && !of_this_boot) ids.push_back({MachineSource::os, std::move(os)});
  return ids;
}

bool is_another_machine(std::span<const MachineMark> marks, std::span<const MachineId> ids) {
  for (const MachineId& id : ids) {
    if (const MachineMark* mark = find(marks, id.source)) return !fits(*mark, id);
  }
  return false;
}

std::vector<MachineMark> marks_of(std::span<const MachineId> ids,
                                  std::span<const MachineMark> known) {
  std::vector<MachineMark> marks;
  for (const MachineSource source : {MachineSource::serial, MachineSource::os}) {
    const MachineMark* mark = find(known, source);
    const auto id = std::ranges::find(ids, source, &MachineId::source);
    if (mark != nullptr && (id == ids.end() || fits(*mark, *id))) {
      marks.push_back(*mark);
    } else if (id != ids.end()) {
      MachineMark made{source};
      random_bytes(made.salt);
      made.hash = hash_of(made.salt, id->text);
      marks.push_back(made);
    }
  }
  return marks;
}

std::string to_text(const MachineMark& mark) {
  return std::string(name_of(mark.source)) + ' ' + to_hex(mark.salt) + ' ' + to_hex(mark.hash);
}

std::optional<MachineMark> parse_machine_mark(std::string_view text) {
  const std::size_t space = text.find(' ');
  const std::string_view name = text.substr(0, space);
  for (const MachineSource source : {MachineSource::serial, MachineSource::os}) {
    if (name != name_of(source)) continue;
    MachineMark mark{source};
    constexpr std::size_t kDigits = 2 * sizeof mark.salt;
    const std::string_view digits = text.substr(std::min(name.size() + 1, text.size()));
    if (digits.size() != 2 * kDigits + 1 || digits[kDigits] != ' ') return std::nullopt;
    const std::optional<Bytes> salt = from_hex(digits.substr(0, kDigits));
    const std::optional<Bytes> hash = from_hex(digits.substr(kDigits + 1));
    if (!salt || !hash) return std::nullopt;
    std::ranges::copy(*salt, mark.salt.begin());
    std::ranges::copy(*hash, mark.hash.begin());
    return mark;
  }
  return std::nullopt;  // the source is of a later version
}

}  // namespace dsn::crypto
