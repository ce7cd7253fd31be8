// SPDX-License-Identifier: Apache-2.0
#include "sensor/attribute.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "base/descriptor.hpp"
#include "base/number_text.hpp"
#include "base/printable.hpp"

namespace dsn::sensor {
namespace {

constexpr std::size_t kEntriesMax = 1024;
constexpr std::size_t kNamesListedMax = 10;
constexpr std::string_view kSpace = " \t\r\n\v\f";

Error failed(const std::string& path, int error) {
  return Error{path + ": " + std::strerror(error)};
}

/// Nothing in the result says that the file is open and regular.
std::optional<Error> open_regular(const std::string& path, std::optional<Descriptor>& file) {
  struct stat status {};
  // Before it is opened, and again after, in case that something else took its place.
  if (stat(path.c_str(), &status) != 0) return failed(path, errno);
  if (S_ISREG(status.st_mode)) {
    file.emplace(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
    if (file->get() < 0 || fstat(file->get(), &status) != 0) return failed(path, errno);
  }
  if (!S_ISREG(status.st_mode)) {
    return Error{path + (S_ISDIR(status.st_mode) ? ": Is a directory" : ": is no regular file")};
  }
  return std::nullopt;
}

ssize_t read_once(int descriptor, char* to, std::size_t size) {
  ssize_t count = 0;
  do {
    count = read(descriptor, to, size);
  } while (count < 0 && errno == EINTR);
  return count;
}

}  // namespace

Result<std::string> read_attribute(const std::string& path) {
  std::optional<Descriptor> file;
  if (auto error = open_regular(path, file)) return *error;
  std::string text(kAttributeSizeMax, '\0');
  const ssize_t count = read_once(file->get(), text.data(), text.size());
  if (count < 0) return failed(path, errno);
  text.resize(static_cast<std::size_t>(count));
  text.resize(text.find_last_not_of(kSpace) + 1);
  return text;
}

bool write_attribute(const std::string& path, std::string_view text) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return false;
  const Descriptor file(open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  return file.is_open() &&
         write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

Result<std::string> read_whole(const std::string& path, std::size_t size_max) {
  std::optional<Descriptor> file;
  if (auto error = open_regular(path, file)) return *error;
  std::string text;
  while (text.size() <= size_max) {
    const std::size_t size = text.size();
    text.resize(size + kAttributeSizeMax);
    const ssize_t count = read_once(file->get(), text.data() + size, kAttributeSizeMax);
    if (count < 0) return failed(path, errno);
    text.resize(size + static_cast<std::size_t>(count));
    if (count == 0) return text;
  }
  return Error{path + ": is larger than " + std::to_string(size_max) + " bytes"};
}

Result<std::int64_t> read_integer(const std::string& path) {
  const auto text = read_attribute(path);
  if (!text) return text.failure();
  if (const auto number = to_integer(*text)) return *number;
  return Error{path + ": holds no integer but '" + first_line_shown(*text, 40) + "'"};
}

std::vector<std::string> list_folder(const std::string& path, std::string_view prefix) {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir(path.c_str()), closedir);
  std::vector<std::string> names;
  if (!folder) return names;
  while (names.size() < kEntriesMax) {
    const dirent* entry = readdir(folder.get());
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name.starts_with(prefix) && name != "." && name != "..") names.emplace_back(name);
  }
  std::ranges::sort(names);
  return names;
}

std::string link_target(const std::string& path) {
  std::array<char, kAttributeSizeMax> target{};
  const ssize_t size = readlink(path.c_str(), target.data(), target.size());
  return size <= 0 ? "" : std::string(target.data(), static_cast<std::size_t>(size));
}

std::string real_path(const std::string& path) {
  const std::unique_ptr<char, void (*)(void*)> resolved(realpath(path.c_str(), nullptr), std::free);
  return resolved ? resolved.get() : "";
}

bool has_part(std::string_view path, std::string_view part) {
  while (!path.empty()) {
    const std::string_view name = path.substr(0, path.find('/'));
    if (name == part) return true;
    path.remove_prefix(std::min(name.size() + 1, path.size()));
  }
  return false;
}

std::string_view take_line(std::string_view& text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(line.size() + 1, text.size()));
  return line;
}

std::string_view word_at(std::string_view line, std::size_t index) {
  while (true) {
    line = trimmed(line);
    const std::size_t end = std::min(line.find_first_of(" \t\n"), line.size());
    if (index-- == 0 || line.empty()) return line.substr(0, end);
    line.remove_prefix(end);
  }
}

std::optional<std::int64_t> to_integer(std::string_view text) {
  return number_of<std::int64_t>(text);
}

std::optional<std::uint64_t> to_count(std::string_view text) {
  return number_of<std::uint64_t>(text);
}

std::optional<double> to_real(std::string_view text) {
  const auto value = number_of<double>(text);
  // number_of() reads "inf" and "nan" too, which from a sensor are words and not measurements.
  if (value && !std::isfinite(*value)) return std::nullopt;
  return value;
}

Value counter_value(std::uint64_t count) {
  if (count <= INT64_MAX) return Value::integer(static_cast<std::int64_t>(count));
  return Value::real(static_cast<double>(count));
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

std::string first_line_shown(std::string_view text, std::size_t size_max) {
  text = trimmed(text);
  text = trimmed(text.substr(0, text.find('\n')));
  const bool cut = text.size() > size_max;
  if (cut) {
    std::size_t size = size_max;
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) --size;
    text = text.substr(0, size);
  }
  return with_question_marks(text) + (cut ? "..." : "");
}

std::string listed(const std::vector<std::string>& names) {
  if (names.empty()) return "none";
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kNamesListedMax); ++i) {
    text += (i == 0 ? "" : ", ") + names[i];
  }
  return text + (names.size() > kNamesListedMax ? ", ..." : "");
}

}  // namespace dsn::sensor
