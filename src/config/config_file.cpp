// SPDX-License-Identifier: Apache-2.0
#include "config/config_file.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "base/descriptor.hpp"

namespace dsn::config {

Result<File> read_file(const std::string& path) {
  const Descriptor own(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!own.is_open()) return Error{std::strerror(errno)};
  File file;
  struct stat status {};
  if (fstat(own.get(), &status) == 0) file.readable_by_others = (status.st_mode & S_IROTH) != 0;
  // One byte more than allowed tells a file that is too large. Sized once: growth would leave
  // copies of a key behind.
  file.text.resize(kFileSizeMax + 1);
  std::size_t size = 0;
  while (size < file.text.size()) {
    const ssize_t count = read(own.get(), file.text.data() + size, file.text.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Error{std::strerror(errno)};
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  if (size > kFileSizeMax) return Error{"is larger than 1 MiB, so it is no configuration"};
  file.text.resize(size);
  return file;
}

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/') + 1); }

std::vector<std::string> yaml_files_in(const std::string& folder) {
  constexpr std::string_view kSuffix = ".yaml";
  std::vector<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(opendir(folder.c_str()), closedir);
  while (listing != nullptr) {
    const dirent* entry = readdir(listing.get());
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name.starts_with('.') || !name.ends_with(kSuffix)) continue;
    names.emplace_back(name.substr(0, name.size() - kSuffix.size()));
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace dsn::config
